import { formatIpv6 } from "./address.ts";
import { uint16, uint32, uint8 } from "./bytes.ts";
import { has, malformed, narrow, type Cursor, type Protocol } from "./cursor.ts";
import { protocolOfIp } from "./ip-protocol.ts";

/*
 * IPv6 (RFC 8200)
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-------+---------------+---------------------------------------+
 *  |version| traffic class |              flow label               |
 *  +-------+---------------+-------+---------------+---------------+
 *  |        payload length         |  next header  |   hop limit   |
 *  +-------------------------------+---------------+---------------+
 *  |                  source address (8..23)                       |
 *  |                  destination address (24..39)                 |
 *  +---------------------------------------------------------------+
 */
const field = { version: 0, payloadLength: 4, nextHeader: 6, hopLimit: 7, source: 8, destination: 24 } as const;
const fixedHeader = 40;

/** Extension headers (RFC 8200 section 4; RFC 6275, 7401 and 5533 for the last three); AH is decoded as IPv4's is. */
const extension = {
  hopByHop: 0,
  routing: 43,
  fragment: 44,
  destination: 60,
  mobility: 135,
  hostIdentity: 139,
  shim6: 140,
} as const;
const extensionNumbers: ReadonlySet<number> = new Set(Object.values(extension));

/** Where an IPv6 packet is a part of a bigger one. */
export interface Ipv6Fragment {
  readonly identification: number;
  /** In bytes. */
  readonly offset: number;
  readonly more: boolean;
}

/** IPv6 header with its extension headers, outer or inner. */
export class Ipv6 {
  readonly kind = "ipv6";
  /** Bytes of all headers and payload; what the frame holds where the length field is 0 (jumbogram, TSO). */
  readonly length: number;
  /** What follows after the extension headers. */
  readonly protocol: number;
  /** Fixed header plus extension headers, in bytes. */
  readonly headerLength: number;
  /** Missing where the packet is whole. */
  readonly fragment: Ipv6Fragment | undefined;
  /** Holds the header at `start`, and what is around it. */
  readonly bytes: Uint8Array;
  readonly start: number;

  constructor(bytes: Uint8Array, start: number, length: number, chain: ExtensionChain) {
    this.bytes = bytes;
    this.start = start;
    this.length = length;
    this.protocol = chain.protocol;
    this.headerLength = chain.headerLength;
    this.fragment = chain.fragment;
  }

  get source(): string {
    return formatIpv6(this.bytes, this.start + field.source);
  }

  get destination(): string {
    return formatIpv6(this.bytes, this.start + field.destination);
  }

  /** The hop limit, by the name it has in IPv4. */
  get ttl(): number {
    return uint8(this.bytes, this.start + field.hopLimit);
  }

  get payloadLength(): number {
    return uint16(this.bytes, this.start + field.payloadLength);
  }

  get trafficClass(): number {
    return (uint16(this.bytes, this.start) >> 4) & 0xff;
  }

  get flowLabel(): number {
    return uint32(this.bytes, this.start) & 0xfffff;
  }
}

/** What the extension headers of one packet lead to. */
interface ExtensionChain {
  protocol: number;
  headerLength: number;
  fragment: Ipv6Fragment | undefined;
}

/** Decodes an IPv6 header and walks over its extension headers. */
export function decodeIpv6(cursor: Cursor): Protocol {
  if (!has(cursor, fixedHeader, "ipv6")) return "payload";
  const { bytes, offset } = cursor;
  const version = uint8(bytes, offset + field.version) >> 4;
  if (version !== 6) return malformed(cursor, "ipv6", `version is ${version}`);
  const payloadLength = uint16(bytes, offset + field.payloadLength);
  if (payloadLength !== 0) narrow(cursor, offset + fixedHeader + payloadLength, "ipv6");
  const length = payloadLength === 0 ? cursor.end - offset : fixedHeader + payloadLength;
  const chain: ExtensionChain = {
    protocol: uint8(bytes, offset + field.nextHeader),
    headerLength: fixedHeader,
    fragment: undefined,
  };
  cursor.offset = offset + fixedHeader;
  const whole = walkExtensions(cursor, chain);
  chain.headerLength = cursor.offset - offset;
  const cut = whole ? undefined : cursor.layers.pop();
  cursor.layers.push(new Ipv6(bytes, offset, length, chain));
  if (cut !== undefined) cursor.layers.push(cut);
  if (!whole || (chain.fragment !== undefined && chain.fragment.offset !== 0)) return "payload";
  if (chain.fragment?.more === true) cursor.partial = true;
  return protocolOfIp(chain.protocol);
}

/** Moves behind the extension headers, each at least 8 bytes long; false where one of them is not there in full. */
function walkExtensions(cursor: Cursor, chain: ExtensionChain): boolean {
  while (extensionNumbers.has(chain.protocol)) {
    const { bytes, offset } = cursor;
    if (!has(cursor, 8, "ipv6 extension")) return false;
    const length = extensionLength(chain.protocol, uint8(bytes, offset + 1));
    if (!has(cursor, length, "ipv6 extension")) return false;
    if (chain.protocol === extension.fragment) chain.fragment = fragmentAt(bytes, offset);
    chain.protocol = uint8(bytes, offset);
    cursor.offset = offset + length;
    // Behind the header of a later fragment comes data, not a header.
    if (chain.fragment !== undefined && chain.fragment.offset !== 0) return true;
  }
  return true;
}

function extensionLength(kind: number, lengthField: number): number {
  return kind === extension.fragment ? 8 : (lengthField + 1) * 8;
}

function fragmentAt(bytes: Uint8Array, at: number): Ipv6Fragment {
  const offsetAndFlags = uint16(bytes, at + 2);
  return { identification: uint32(bytes, at + 4), offset: offsetAndFlags & 0xfff8, more: (offsetAndFlags & 1) !== 0 };
}

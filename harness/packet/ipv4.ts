import { formatIpv4 } from "./address.ts";
import { uint16, uint8 } from "./bytes.ts";
import { has, malformed, narrow, type Cursor, type Protocol } from "./cursor.ts";
import { protocolOfIp } from "./ip-protocol.ts";

/*
 * IPv4 (RFC 791)
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-------+-------+---------------+-------------------------------+
 *  |version|  IHL  |      TOS      |         total length          |
 *  +-------+-------+---------------+-----+-------------------------+
 *  |        identification         |flags|     fragment offset     |
 *  +---------------+---------------+-----+-------------------------+
 *  |      TTL      |   protocol    |        header checksum        |
 *  +---------------+---------------+-------------------------------+
 *  |                        source address                         |
 *  +---------------------------------------------------------------+
 *  |                      destination address                      |
 *  +---------------------------------------------------------------+
 *  |                    options (IHL > 5), padding                 |
 *  +---------------------------------------------------------------+
 */
const field = {
  versionAndLength: 0,
  tos: 1,
  totalLength: 2,
  identification: 4,
  fragment: 6,
  ttl: 8,
  protocol: 9,
  checksum: 10,
  source: 12,
  destination: 16,
} as const;
const minimumHeader = 20;
const dontFragmentBit = 0x4000;
const moreFragmentsBit = 0x2000;
const offsetMask = 0x1fff;

/** IPv4 header, outer or inner. */
export class Ipv4 {
  readonly kind = "ipv4";
  /** Bytes of header and payload: the total length field, or what the frame holds where the field is 0 (TSO). */
  readonly length: number;
  /** Holds the header at `start`, and what is around it. */
  readonly bytes: Uint8Array;
  readonly start: number;

  constructor(bytes: Uint8Array, start: number, length: number) {
    this.bytes = bytes;
    this.start = start;
    this.length = length;
  }

  get source(): string {
    return formatIpv4(this.bytes, this.start + field.source);
  }

  get destination(): string {
    return formatIpv4(this.bytes, this.start + field.destination);
  }

  get ttl(): number {
    return uint8(this.bytes, this.start + field.ttl);
  }

  get protocol(): number {
    return uint8(this.bytes, this.start + field.protocol);
  }

  get tos(): number {
    return uint8(this.bytes, this.start + field.tos);
  }

  /** As the sender wrote it; 0 on frames above 64 KiB that the kernel has not cut yet (BIG TCP). */
  get totalLength(): number {
    return uint16(this.bytes, this.start + field.totalLength);
  }

  get identification(): number {
    return uint16(this.bytes, this.start + field.identification);
  }

  get checksum(): number {
    return uint16(this.bytes, this.start + field.checksum);
  }

  /** In bytes, options included. */
  get headerLength(): number {
    return (uint8(this.bytes, this.start) & 0x0f) * 4;
  }

  get dontFragment(): boolean {
    return (uint16(this.bytes, this.start + field.fragment) & dontFragmentBit) !== 0;
  }

  get moreFragments(): boolean {
    return (uint16(this.bytes, this.start + field.fragment) & moreFragmentsBit) !== 0;
  }

  /** In bytes. */
  get fragmentOffset(): number {
    return (uint16(this.bytes, this.start + field.fragment) & offsetMask) * 8;
  }
}

/** Decodes an IPv4 header and narrows the walk to its total length, so that link padding is no payload. */
export function decodeIpv4(cursor: Cursor): Protocol {
  if (!has(cursor, minimumHeader, "ipv4")) return "payload";
  const { bytes, offset } = cursor;
  const first = uint8(bytes, offset + field.versionAndLength);
  if (first >> 4 !== 4) return malformed(cursor, "ipv4", `version is ${first >> 4}`);
  const headerLength = (first & 0x0f) * 4;
  if (headerLength < minimumHeader) return malformed(cursor, "ipv4", `header length is ${headerLength}`);
  if (!has(cursor, headerLength, "ipv4")) return "payload";
  const totalLength = uint16(bytes, offset + field.totalLength);
  if (totalLength !== 0 && totalLength < headerLength) {
    return malformed(cursor, "ipv4", `total length ${totalLength} is less than its header of ${headerLength}`);
  }
  if (totalLength !== 0) narrow(cursor, offset + totalLength, "ipv4");
  cursor.layers.push(new Ipv4(bytes, offset, totalLength === 0 ? cursor.end - offset : totalLength));
  cursor.offset = offset + headerLength;
  const fragment = uint16(bytes, offset + field.fragment);
  if ((fragment & offsetMask) !== 0) return "payload";
  if ((fragment & moreFragmentsBit) !== 0) cursor.partial = true;
  return protocolOfIp(uint8(bytes, offset + field.protocol));
}

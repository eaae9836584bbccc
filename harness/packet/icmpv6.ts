import { formatIpv6 } from "./address.ts";
import { uint16, uint32, uint8 } from "./bytes.ts";
import { has, type Cursor, type Protocol } from "./cursor.ts";

/*
 * ICMPv6 (RFC 4443; neighbor discovery RFC 4861)
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------+---------------+-------------------------------+
 *  |     type      |     code      |           checksum            |
 *  +---------------+---------------+-------------------------------+
 *  |  echo: identifier, sequence; too big: MTU; ND: flags          |
 *  +---------------------------------------------------------------+
 *  |  echo data; original packet (types < 128); ND: target address |
 *  +---------------------------------------------------------------+
 */
const field = { type: 0, code: 1, identifier: 4, sequence: 6, mtu: 4, target: 8 } as const;
const headerLength = 8;

/** ICMPv6 types that matter here (IANA ICMPv6 parameters). */
export const Icmpv6Type = {
  unreachable: 1,
  packetTooBig: 2,
  timeExceeded: 3,
  parameterProblem: 4,
  echoRequest: 128,
  echoReply: 129,
  routerSolicitation: 133,
  neighborSolicitation: 135,
  neighborAdvertisement: 136,
  redirect: 137,
} as const;

/** ICMPv6 message; the packet that an error is about is in the packet's `quoted`. */
export class Icmpv6 {
  readonly kind = "icmpv6";
  private readonly bytes: Uint8Array;
  private readonly start: number;

  constructor(bytes: Uint8Array, start: number) {
    this.bytes = bytes;
    this.start = start;
  }

  get type(): number {
    return uint8(this.bytes, this.start + field.type);
  }

  get code(): number {
    return uint8(this.bytes, this.start + field.code);
  }

  /** Of an echo request or reply. */
  get identifier(): number {
    return uint16(this.bytes, this.start + field.identifier);
  }

  /** Of an echo request or reply. */
  get sequence(): number {
    return uint16(this.bytes, this.start + field.sequence);
  }

  /** MTU of the next hop; missing in all but "packet too big". */
  get nextHopMtu(): number | undefined {
    return this.type === Icmpv6Type.packetTooBig ? uint32(this.bytes, this.start + field.mtu) : undefined;
  }

  /** Address that a neighbor solicitation or advertisement is about; missing in all others and where it is cut. */
  get target(): string | undefined {
    const { type } = this;
    const asks = type === Icmpv6Type.neighborSolicitation || type === Icmpv6Type.neighborAdvertisement;
    const there = this.start + field.target + 16 <= this.bytes.length;
    return asks && there ? formatIpv6(this.bytes, this.start + field.target) : undefined;
  }

  get isEcho(): boolean {
    return this.type === Icmpv6Type.echoRequest || this.type === Icmpv6Type.echoReply;
  }

  get isError(): boolean {
    return isErrorType(this.type);
  }

  /** Router and neighbor discovery, redirects included (RFC 4861). */
  get isNeighborDiscovery(): boolean {
    return this.type >= Icmpv6Type.routerSolicitation && this.type <= Icmpv6Type.redirect;
  }
}

/** Decodes an ICMPv6 message; errors are followed by the packet that they quote. */
export function decodeIcmpv6(cursor: Cursor): Protocol {
  if (!has(cursor, headerLength, "icmpv6")) return "payload";
  const { bytes, offset } = cursor;
  cursor.layers.push(new Icmpv6(bytes, offset));
  cursor.offset = offset + headerLength;
  return isErrorType(uint8(bytes, offset + field.type)) ? "quoted-ipv6" : "payload";
}

function isErrorType(type: number): boolean {
  return type >= Icmpv6Type.unreachable && type <= Icmpv6Type.parameterProblem;
}

import { formatIpv4 } from "./address.ts";
import { uint16, uint8 } from "./bytes.ts";
import { has, type Cursor, type Protocol } from "./cursor.ts";

/*
 * ICMP (RFC 792)
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------+---------------+-------------------------------+
 *  |     type      |     code      |           checksum            |
 *  +---------------+---------------+-------------------------------+
 *  |  identifier (echo), unused    |  sequence (echo), MTU (3/4)   |
 *  +-------------------------------+-------------------------------+
 *  |  echo data, or IP header + 8 bytes or more of the original    |
 *  +---------------------------------------------------------------+
 */
const field = { type: 0, code: 1, identifier: 4, sequence: 6 } as const;
const headerLength = 8;

/** ICMP types that matter here (IANA ICMP parameters). */
export const IcmpType = {
  echoReply: 0,
  unreachable: 3,
  sourceQuench: 4,
  redirect: 5,
  echoRequest: 8,
  timeExceeded: 11,
  parameterProblem: 12,
} as const;

/** Code of "fragmentation needed and DF set" (RFC 1191). */
export const fragmentationNeeded = 4;

/** ICMP message; the packet that an error is about is in the packet's `quoted`. */
export class Icmp {
  readonly kind = "icmp";
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

  /** MTU of the next hop; missing in all but "fragmentation needed". */
  get nextHopMtu(): number | undefined {
    const tooBig = this.type === IcmpType.unreachable && this.code === fragmentationNeeded;
    return tooBig ? uint16(this.bytes, this.start + field.sequence) : undefined;
  }

  /** The router that a redirect names. */
  get gateway(): string {
    return formatIpv4(this.bytes, this.start + field.identifier);
  }

  get isEcho(): boolean {
    return this.type === IcmpType.echoRequest || this.type === IcmpType.echoReply;
  }

  get isError(): boolean {
    return isErrorType(this.type);
  }
}

/** Decodes an ICMP message; errors are followed by the header that they quote. */
export function decodeIcmp(cursor: Cursor): Protocol {
  if (!has(cursor, headerLength, "icmp")) return "payload";
  const { bytes, offset } = cursor;
  cursor.layers.push(new Icmp(bytes, offset));
  cursor.offset = offset + headerLength;
  return isErrorType(uint8(bytes, offset + field.type)) ? "quoted-ipv4" : "payload";
}

function isErrorType(type: number): boolean {
  switch (type) {
    case IcmpType.unreachable:
    case IcmpType.sourceQuench:
    case IcmpType.redirect:
    case IcmpType.timeExceeded:
    case IcmpType.parameterProblem:
      return true;
    default:
      return false;
  }
}

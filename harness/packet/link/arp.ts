import { formatIpv4, formatMac } from "../address.ts";
import { uint16, uint32 } from "../bytes.ts";
import { has, malformed, type Cursor, type Protocol } from "../cursor.ts";

/*
 * ARP for IPv4 over Ethernet (RFC 826)
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-------------------------------+-------------------------------+
 *  |       hardware type (1)       |     protocol type (0x0800)    |
 *  +---------------+---------------+-------------------------------+
 *  |  hw size (6)  | prot size (4) |           operation           |
 *  +---------------+---------------+-------------------------------+
 *  |     sender MAC (8..13)  sender IP (14..17)                    |
 *  |     target MAC (18..23) target IP (24..27)                    |
 *  +---------------------------------------------------------------+
 */
const field = {
  hardwareType: 0,
  sizes: 4,
  operation: 6,
  senderMac: 8,
  senderIp: 14,
  targetMac: 18,
  targetIp: 24,
} as const;
const headerLength = 28;

/** ARP request or reply. */
export class Arp {
  readonly kind = "arp";
  private readonly bytes: Uint8Array;
  private readonly start: number;

  constructor(bytes: Uint8Array, start: number) {
    this.bytes = bytes;
    this.start = start;
  }

  /** 1 request, 2 reply. */
  get operation(): number {
    return uint16(this.bytes, this.start + field.operation);
  }

  get senderMac(): string {
    return formatMac(this.bytes, this.start + field.senderMac);
  }

  get senderIp(): string {
    return formatIpv4(this.bytes, this.start + field.senderIp);
  }

  get targetMac(): string {
    return formatMac(this.bytes, this.start + field.targetMac);
  }

  get targetIp(): string {
    return formatIpv4(this.bytes, this.start + field.targetIp);
  }
}

/** Decodes ARP; other hardware or protocol types than Ethernet and IPv4 are told as malformed. */
export function decodeArp(cursor: Cursor): Protocol {
  if (!has(cursor, headerLength, "arp")) return "payload";
  const { bytes, offset } = cursor;
  const types = uint32(bytes, offset + field.hardwareType);
  const sizes = uint16(bytes, offset + field.sizes);
  if (types !== 0x0001_0800 || sizes !== 0x0604) return malformed(cursor, "arp", "not IPv4 over Ethernet");
  cursor.layers.push(new Arp(bytes, offset));
  cursor.offset = offset + headerLength;
  return "payload";
}

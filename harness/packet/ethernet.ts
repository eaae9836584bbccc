import { formatMac } from "./address.ts";
import { uint16 } from "./bytes.ts";
import { has, type Cursor, type Protocol } from "./cursor.ts";
import { protocolOfEtherType } from "./ether-type.ts";

/*
 * IEEE 802.3 / DIX Ethernet II, without preamble and FCS
 *
 *  0               6              12      14
 *  +---------------+---------------+-------+----
 *  |  destination  |    source     | type  | payload
 *  +---------------+---------------+-------+----
 */
const field = { destination: 0, source: 6, etherType: 12 } as const;
const headerLength = 14;

/** Ethernet header of a frame, on the wire or inside VXLAN. */
export class Ethernet {
  readonly kind = "ethernet";
  private readonly bytes: Uint8Array;
  private readonly start: number;

  constructor(bytes: Uint8Array, start: number) {
    this.bytes = bytes;
    this.start = start;
  }

  get source(): string {
    return formatMac(this.bytes, this.start + field.source);
  }

  get destination(): string {
    return formatMac(this.bytes, this.start + field.destination);
  }

  /** EtherType, or the length of an 802.3 frame where it is below 1536. */
  get etherType(): number {
    return uint16(this.bytes, this.start + field.etherType);
  }
}

/** Decodes an Ethernet header. */
export function decodeEthernet(cursor: Cursor): Protocol {
  if (!has(cursor, headerLength, "ethernet")) return "payload";
  const { bytes, offset } = cursor;
  cursor.layers.push(new Ethernet(bytes, offset));
  cursor.offset = offset + headerLength;
  return protocolOfEtherType(uint16(bytes, offset + field.etherType));
}

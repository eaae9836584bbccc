import { uint24, uint8 } from "./bytes.ts";
import { has, type Cursor, type Protocol } from "./cursor.ts";

/*
 * VXLAN (RFC 7348 section 5)
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------+-----------------------------------------------+
 *  |R R R R I R R R|                   reserved                    |
 *  +---------------+-----------------------------------------------+
 *  |      VXLAN network identifier (VNI)           |   reserved    |
 *  +-----------------------------------------------+---------------+
 */
const field = { flags: 0, vni: 4 } as const;
const headerLength = 8;

/** The only flag that RFC 7348 defines: the VNI is valid. */
export const vniValidFlag = 0x08;

/** VXLAN header; an Ethernet frame follows. */
export class Vxlan {
  readonly kind = "vxlan";
  private readonly bytes: Uint8Array;
  private readonly start: number;

  constructor(bytes: Uint8Array, start: number) {
    this.bytes = bytes;
    this.start = start;
  }

  get vni(): number {
    return uint24(this.bytes, this.start + field.vni);
  }

  /** 0x08 in a legal frame; other bits belong to extensions (GBP, GPE). */
  get flags(): number {
    return uint8(this.bytes, this.start + field.flags);
  }
}

/** Decodes a VXLAN header. */
export function decodeVxlan(cursor: Cursor): Protocol {
  if (!has(cursor, headerLength, "vxlan")) return "payload";
  const { bytes, offset } = cursor;
  cursor.layers.push(new Vxlan(bytes, offset));
  cursor.offset = offset + headerLength;
  return "ethernet";
}

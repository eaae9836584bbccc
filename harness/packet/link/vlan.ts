import { uint16 } from "../bytes.ts";
import { has, type Cursor, type Protocol } from "../cursor.ts";
import { protocolOfTypeOrLength } from "./ether-type.ts";

/*
 * IEEE 802.1Q tag, after the EtherType 0x8100 (or 0x88a8 and 0x9100: outer tag of QinQ)
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-----+-+-----------------------+-------------------------------+
 *  | PCP |D|        VLAN id        |       type of what follows    |
 *  +-----+-+-----------------------+-------------------------------+
 */
const field = { control: 0, etherType: 2 } as const;
const headerLength = 4;

/** One VLAN tag. */
export class Vlan {
  readonly kind = "vlan";
  private readonly bytes: Uint8Array;
  private readonly start: number;

  constructor(bytes: Uint8Array, start: number) {
    this.bytes = bytes;
    this.start = start;
  }

  get id(): number {
    return uint16(this.bytes, this.start + field.control) & 0x0fff;
  }

  get priority(): number {
    return uint16(this.bytes, this.start + field.control) >> 13;
  }

  get etherType(): number {
    return uint16(this.bytes, this.start + field.etherType);
  }
}

/** Decodes one VLAN tag; stacked tags come one after the other. */
export function decodeVlan(cursor: Cursor): Protocol {
  if (!has(cursor, headerLength, "vlan")) return "payload";
  const { bytes, offset } = cursor;
  cursor.layers.push(new Vlan(bytes, offset));
  cursor.offset = offset + headerLength;
  return protocolOfTypeOrLength(cursor, uint16(bytes, offset + field.etherType));
}

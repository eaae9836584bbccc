import { uint16 } from "../bytes.ts";
import { has, opaque, type Cursor, type Protocol } from "../cursor.ts";
import { protocolOfEtherType } from "./ether-type.ts";

/** Keepalives between the two ends of the line. */
const slarp = 0x8035;

/** Decodes Cisco's HDLC (LINKTYPE_C_HDLC, 104): address, control, EtherType. */
export function decodeHdlc(cursor: Cursor): Protocol {
  if (!has(cursor, 4, "hdlc")) return "payload";
  const type = uint16(cursor.bytes, cursor.offset + 2);
  cursor.layers.push({ kind: "shim", name: "HDLC", detail: `type 0x${type.toString(16).padStart(4, "0")}` });
  cursor.offset += 4;
  return type === slarp ? opaque(cursor, "SLARP") : protocolOfEtherType(cursor, type);
}

/** Decodes one byte of direction, then Cisco's HDLC (LINKTYPE_C_HDLC_WITH_DIR). */
export function decodeDirectedHdlc(cursor: Cursor): Protocol {
  if (!has(cursor, 1, "hdlc")) return "payload";
  cursor.offset += 1;
  return "hdlc";
}

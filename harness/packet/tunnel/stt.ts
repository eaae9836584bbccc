import { uint16, uint8 } from "../bytes.ts";
import { has, isThere, type Cursor, type Protocol } from "../cursor.ts";
import { looksLikeEthernet } from "../link/ethernet.ts";
import { enterTunnel } from "./tunnel.ts";

/** IANA's port for STT (draft-davie-stt): what looks like TCP there is no TCP. */
export const sttPort = 7471;

/** Version, flags, offset, MSS, VLAN, context id (8) and padding before the frame, in the first segment alone. */
const headerLength = 18;

/*
 * STT writes the length of its frame into the upper half of TCP's sequence number and the segment's place in the frame into the
 * lower half. The cursor stands behind a TCP header at `tcpAt`.
 */
function placeOf(cursor: Cursor, tcpAt: number): { readonly frame: number; readonly place: number } {
  return { frame: uint16(cursor.bytes, tcpAt + 4), place: uint16(cursor.bytes, tcpAt + 6) };
}

/** Whether a segment to STT's port is one of STT's: data without SYN, whose numbers fit its length. */
export function looksLikeStt(cursor: Cursor, tcpAt: number): boolean {
  const length = cursor.end - cursor.offset;
  const { frame, place } = placeOf(cursor, tcpAt);
  return length > 0 && (uint8(cursor.bytes, tcpAt + 13) & 0x02) === 0 && place + length <= frame;
}

/** Decodes STT's header and the frame behind it, which the first segment alone has; later ones are named. */
export function decodeStt(cursor: Cursor): Protocol {
  const tcpAt = cursor.offset - 20;
  const { frame, place } = placeOf(cursor, tcpAt);
  if (place > 0 || (isThere(cursor, headerLength + 16) && !looksLikeEthernet(cursor, cursor.offset + headerLength))) {
    enterTunnel(cursor, 0, { form: "stt", text: `STT part ${place} of ${frame}`, opaque: true });
    return "payload";
  }
  if (!has(cursor, headerLength, "stt")) return "payload";
  if (cursor.end - cursor.offset < frame) cursor.partial = true;
  enterTunnel(cursor, headerLength, { form: "stt", text: `STT frame of ${frame}` });
  return "ethernet";
}

import { uint16, uint8 } from "../bytes.ts";
import { isThere, type Cursor } from "../cursor.ts";

/** Whether UDP's payload is a whole IP packet from a place on: its length field is what is left, and IPv4's checksum is right. */
export function isWholeIp(cursor: Cursor, at = cursor.offset): boolean {
  const { bytes, offset, end } = cursor;
  const ahead = at - offset;
  if (cursor.partial || !isThere(cursor, ahead + 20)) return false;
  const first = uint8(bytes, at);
  if (first >> 4 === 6) return isThere(cursor, ahead + 40) && uint16(bytes, at + 4) + 40 === end - at;
  const headerLength = (first & 0x0f) * 4;
  if (first >> 4 !== 4 || headerLength < 20 || !isThere(cursor, ahead + headerLength)) return false;
  return uint16(bytes, at + 2) === end - at && sumsUp(bytes, at, headerLength);
}

function sumsUp(bytes: Uint8Array, start: number, length: number): boolean {
  let sum = 0;
  for (let at = 0; at < length; at += 2) sum += uint16(bytes, start + at);
  return (sum & 0xffff) + (sum >>> 16) === 0xffff;
}

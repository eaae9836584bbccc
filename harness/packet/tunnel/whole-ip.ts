import { uint16, uint32, uint8 } from "../bytes.ts";
import { isThere, type Cursor } from "../cursor.ts";

/**
 * Whether UDP's payload is a whole IP packet from a place on: its length field is what is left, IPv4's checksum is right, and IPv6,
 * which has none, names a protocol and addresses that exist. Random bytes do with odds of 2^-40 and 2^-31.
 */
export function isWholeIp(cursor: Cursor, at = cursor.offset): boolean {
  const { bytes, offset, end } = cursor;
  const ahead = at - offset;
  if (cursor.partial || !isThere(cursor, ahead + 20)) return false;
  const first = uint8(bytes, at);
  if (first >> 4 === 6) {
    return isThere(cursor, ahead + 40) && uint16(bytes, at + 4) + 40 === end - at && hasUsualFields(bytes, at);
  }
  const headerLength = (first & 0x0f) * 4;
  if (first >> 4 !== 4 || headerLength < 20 || !isThere(cursor, ahead + headerLength)) return false;
  return uint16(bytes, at + 2) === end - at && sumsUp(bytes, at, headerLength);
}

function sumsUp(bytes: Uint8Array, start: number, length: number): boolean {
  let sum = 0;
  for (let at = 0; at < length; at += 2) sum += uint16(bytes, start + at);
  return (sum & 0xffff) + (sum >>> 16) === 0xffff;
}

/** The same where a header announced IP already: of what was cut, by its capture or on its way, the version must do. */
export function mayBeIp(cursor: Cursor, at: number): boolean {
  const version = uint8(cursor.bytes, at) >> 4;
  if (version !== 4 && version !== 6) return false;
  const length = version === 6 ? 40 : (uint8(cursor.bytes, at) & 0x0f) * 4;
  return cursor.partial || (at + length > cursor.limit && cursor.limit < cursor.end) || isWholeIp(cursor, at);
}

/** Next headers that are in use (IANA): extensions, TCP, UDP, ICMPv6, tunnels, none. */
const usualNext: ReadonlySet<number> = new Set([
  0, 4, 6, 17, 41, 43, 44, 47, 50, 51, 58, 59, 60, 89, 103, 112, 132, 135,
]);

function hasUsualFields(bytes: Uint8Array, at: number): boolean {
  return (
    usualNext.has(uint8(bytes, at + 6)) &&
    uint8(bytes, at + 7) > 0 &&
    [8, 24].every((field) => isUsual(bytes, at + field))
  );
}

/** Blocks of addresses that were given out: 2000::/4, fc00::/7, fe80::/10, ff00::/8; ::, ::1 and what is mapped; 64:ff9b::/96 (IANA). */
function isUsual(bytes: Uint8Array, at: number): boolean {
  const [first, second] = [uint8(bytes, at), uint8(bytes, at + 1)];
  if (first >> 4 === 2 || first >> 1 === 0x7e || first === 0xff) return true;
  if (first === 0xfe) return second >> 6 === 2;
  const words = uint32(bytes, at);
  return words === 0 || words === 0x0064ff9b;
}

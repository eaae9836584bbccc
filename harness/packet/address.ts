import { uint16, uint32, uint8 } from "./bytes.ts";

/**
 * Captures hold few distinct addresses: remembering the text of each is faster than writing it again per packet. Each
 * address has one place by its hash, where the next one with the same hash replaces it: bounded, and faster than a Map.
 */
const placeBits = 12;
const ipv4Keys = new Uint32Array(1 << placeBits);
const ipv4Texts = Array.from({ length: 1 << placeBits }, () => "0.0.0.0");
const macKeys = new Float64Array(1 << placeBits);
const macTexts = Array.from({ length: 1 << placeBits }, () => "00:00:00:00:00:00");
const hexByte = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, "0"));

/** Writes the IPv4 address at an offset as dotted decimal. */
export function formatIpv4(bytes: Uint8Array, at: number): string {
  const key = uint32(bytes, at);
  const place = placeOf(key);
  if (ipv4Keys[place] !== key) {
    ipv4Keys[place] = key;
    ipv4Texts[place] = `${key >>> 24}.${(key >>> 16) & 0xff}.${(key >>> 8) & 0xff}.${key & 0xff}`;
  }
  return ipv4Texts[place] ?? "";
}

/** Writes the MAC address at an offset as six lower-case pairs. */
export function formatMac(bytes: Uint8Array, at: number): string {
  const low = uint32(bytes, at + 2);
  const key = uint16(bytes, at) * 0x1_0000_0000 + low;
  const place = placeOf(low);
  if (macKeys[place] !== key) {
    const pairs = [0, 1, 2, 3, 4, 5].map((index) => hexByte[uint8(bytes, at + index)]);
    macKeys[place] = key;
    macTexts[place] = pairs.join(":");
  }
  return macTexts[place] ?? "";
}

/** Writes the IPv6 address at an offset in its canonical form (RFC 5952). */
export function formatIpv6(bytes: Uint8Array, at: number): string {
  const groups = [0, 1, 2, 3, 4, 5, 6, 7].map((index) => uint16(bytes, at + 2 * index));
  const { start, length } = longestZeroRun(groups);
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(":");
  // RFC 5952 4.2.2: one single zero group is not shortened.
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  groups.forEach((group, index) => {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  });
  return best;
}

/** Multiplicative hash (2^32 divided by the golden ratio, Knuth 6.4): neighbors in a subnet get distant places. */
function placeOf(key: number): number {
  return Math.imul(key, 0x9e3779b1) >>> (32 - placeBits);
}

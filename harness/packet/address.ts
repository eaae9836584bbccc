import { uint16, uint32, uint8 } from "./bytes.ts";

/** Captures hold few distinct addresses: remembering the text of each is faster than writing it again per packet. */
const maxRemembered = 16_384;
const ipv4Texts = new Map<number, string>();
const macTexts = new Map<number, string>();
const hexByte = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, "0"));

/** Writes the IPv4 address at an offset as dotted decimal. */
export function formatIpv4(bytes: Uint8Array, at: number): string {
  const key = uint32(bytes, at);
  const known = ipv4Texts.get(key);
  if (known !== undefined) return known;
  const text = `${uint8(bytes, at)}.${uint8(bytes, at + 1)}.${uint8(bytes, at + 2)}.${uint8(bytes, at + 3)}`;
  return remember(ipv4Texts, key, text);
}

/** Writes the MAC address at an offset as six lower-case pairs. */
export function formatMac(bytes: Uint8Array, at: number): string {
  const key = uint32(bytes, at) * 0x10000 + uint16(bytes, at + 4);
  const known = macTexts.get(key);
  if (known !== undefined) return known;
  const pairs = [0, 1, 2, 3, 4, 5].map((index) => hexByte[uint8(bytes, at + index)]);
  return remember(macTexts, key, pairs.join(":"));
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

function remember(texts: Map<number, string>, key: number, text: string): string {
  if (texts.size >= maxRemembered) texts.clear();
  texts.set(key, text);
  return text;
}

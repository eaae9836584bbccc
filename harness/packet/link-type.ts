import { uint8 } from "./bytes.ts";
import { has, malformed, type Cursor, type Protocol } from "./cursor.ts";

/** Link types that are decoded (https://www.tcpdump.org/linktypes.html). */
export const LinkType = {
  ethernet: 1,
  /** DLT_RAW as some systems write it into files. */
  rawOfSystem: 12,
  raw: 101,
  sll: 113,
  ipv4: 228,
  ipv6: 229,
  sll2: 276,
} as const;

const firstProtocols: ReadonlyMap<number, Protocol> = new Map<number, Protocol>([
  [LinkType.ethernet, "ethernet"],
  [LinkType.rawOfSystem, "raw"],
  [LinkType.raw, "raw"],
  [LinkType.sll, "sll"],
  [LinkType.ipv4, "ipv4"],
  [LinkType.ipv6, "ipv6"],
  [LinkType.sll2, "sll2"],
]);

/** Names the decoder of a file's first header; missing for link types that are not decoded. */
export function protocolOfLinkType(linkType: number): Protocol | undefined {
  return firstProtocols.get(linkType);
}

/** Tells IPv4 from IPv6 where the link has no header (tunl0, tun, WireGuard): by the version in the first 4 bits. */
export function decodeRaw(cursor: Cursor): Protocol {
  if (!has(cursor, 1, "raw")) return "payload";
  const version = uint8(cursor.bytes, cursor.offset) >> 4;
  if (version === 4) return "ipv4";
  if (version === 6) return "ipv6";
  return malformed(cursor, "raw", `IP version is ${version}`);
}

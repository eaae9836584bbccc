import type { Family } from "../topology/topology.ts";

/** Bytes that a frame takes on the wire beside its IP packet: Ethernet 14 and checksum 4, preamble 8, gap 12 (IEEE 802.3). */
const frameBytes = 38;

/** Bytes of headers before TCP's data: IP (20 or 40), TCP 20, and its timestamps 12, which Linux sends. */
function headerBytes(family: Family): number {
  return (family === 4 ? 20 : 40) + 32;
}

/** Share of a wire's bits that is TCP's data in full packets of a size, when each gets so many bytes of tunnel headers. */
export function goodputShare(packetBytes: number, overhead: number, family: Family): number {
  return (packetBytes - headerBytes(family)) / (packetBytes + overhead + frameBytes);
}

/** What the mode's throughput is to a baseline's by arithmetic alone, where neither has anything but the wire to wait for. */
export function goodputRatio(
  mode: { readonly packetBytes: number; readonly overhead: number },
  baselineBytes: number,
  family: Family,
): number {
  return goodputShare(mode.packetBytes, mode.overhead, family) / goodputShare(baselineBytes, 0, family);
}

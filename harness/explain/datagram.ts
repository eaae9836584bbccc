import type { IpLayer } from "../packet/layer.ts";
import type { Packet } from "../packet/packet.ts";

/** What TCP or UDP carries in a packet that nothing encapsulates, as the layers tell. */
export interface Datagram {
  readonly protocol: "TCP" | "UDP";
  readonly ip: IpLayer;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** As much as was captured. */
  readonly payload: Uint8Array;
  /** Bytes on the wire. */
  readonly length: number;
}

/** Reads it; missing in packets that are encapsulated, or none of TCP's and UDP's, or whose header is not there. */
export function datagramOf(packet: Packet): Datagram | undefined {
  const { layers } = packet;
  const last = layers.at(-1);
  const ip = layers.at(-2);
  if ((last?.kind !== "tcp" && last?.kind !== "udp") || (ip?.kind !== "ipv4" && ip?.kind !== "ipv6")) return undefined;
  if (layers.some(({ kind }, index) => index < layers.length - 2 && isEncapsulation(kind))) return undefined;
  const { payload } = packet;
  // A frame that was cut has no padding behind what was captured of it.
  const length = payload.length + Math.max(0, packet.originalLength - packet.capturedLength);
  const { sourcePort, destinationPort } = last;
  return { protocol: last.kind === "tcp" ? "TCP" : "UDP", ip, sourcePort, destinationPort, payload, length };
}

/** An IP header before the one that carries the ports is a tunnel's, too. */
function isEncapsulation(kind: string): boolean {
  return kind === "ipv4" || kind === "ipv6" || kind === "vxlan" || kind === "tunnel";
}

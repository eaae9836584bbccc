import type { IpLayer, Layer } from "../packet/layer.ts";
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
  /** It opens a connection over TCP: what had its ends before is another one. */
  readonly opens: boolean;
}

/** TCP's flag (RFC 9293 section 3.1). */
const syn = 0x02;

/** Reads it; missing in packets that are encapsulated, or none of TCP's and UDP's, or whose header is not there. */
export function datagramOf(packet: Packet): Datagram | undefined {
  const { layers } = packet;
  const end = layers.length - 1;
  const last = layers[end];
  if (last?.kind !== "tcp" && last?.kind !== "udp") return undefined;
  const ip = layers[end - 1];
  if ((ip?.kind !== "ipv4" && ip?.kind !== "ipv6") || isEncapsulated(layers, end - 1)) return undefined;
  const { payload } = packet;
  // A frame that was cut has no padding behind what was captured of it.
  const length = payload.length + Math.max(0, packet.originalLength - packet.capturedLength);
  const { sourcePort, destinationPort } = last;
  const opens = last.kind === "tcp" && (last.flags & syn) !== 0;
  return { protocol: last.kind === "tcp" ? "TCP" : "UDP", ip, sourcePort, destinationPort, payload, length, opens };
}

/** Every packet is asked, so that this makes no function for it. */
function isEncapsulated(layers: readonly Layer[], before: number): boolean {
  for (let index = 0; index < before; index += 1) {
    const kind = layers[index]?.kind;
    if (kind === "ipv4" || kind === "ipv6" || kind === "vxlan" || kind === "tunnel") return true;
  }
  return false;
}

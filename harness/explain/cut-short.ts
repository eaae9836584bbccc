import type { Packet } from "../packet/packet.ts";
import { datagramOf } from "./datagram.ts";

/** Bytes of a datagram's payload that tell most tunnels, and of a segment's: the shortest header, and a length with what follows it. */
const telling = { UDP: 8, TCP: 3 } as const;

/** Whether the snapshot length cut a packet that nothing encapsulates before what would tell a tunnel inside of its UDP or TCP. */
export function cutShort(packet: Packet): "UDP" | "TCP" | undefined {
  if (packet.capturedLength >= packet.originalLength) return undefined;
  const datagram = datagramOf(packet);
  if (datagram === undefined) return headerOf(packet);
  const { protocol, payload, length } = datagram;
  return payload.length < telling[protocol] && payload.length < length ? protocol : undefined;
}

/** The header itself was cut, directly behind the only IP header. */
function headerOf({ problem, layers }: Packet): "UDP" | "TCP" | undefined {
  const isOnly = layers.filter(
    ({ kind }) => kind === "ipv4" || kind === "ipv6" || kind === "vxlan" || kind === "tunnel",
  );
  if (problem?.kind !== "truncated" || isOnly.length !== 1) return undefined;
  return problem.protocol === "udp" ? "UDP" : problem.protocol === "tcp" ? "TCP" : undefined;
}

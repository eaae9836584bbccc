import { defaultHttpPorts } from "./probe-command.ts";
import { clientPorts, serverPorts } from "./token.ts";
import { vxlanPort } from "../packet/tunnel/vxlan.ts";

/**
 * A BPF expression that all packets of probes fit, in any form and astray too: pings, the ports of tokens and of the
 * responder, every tunnel, and fragments. For nodes that carry others' traffic, which a capture should neither drown in nor show.
 */
export const probeTraffic: string = [
  "icmp or icmp6",
  `udp port ${vxlanPort}`,
  // IP in IP, IPv6 in IP, GRE, ESP (IANA protocol numbers).
  ...[4, 41, 47, 50].map((protocol) => `ip proto ${protocol} or ip6 proto ${protocol}`),
  ...[defaultHttpPorts.service, defaultHttpPorts.direct].map((port) => `port ${port}`),
  ...[serverPorts, clientPorts].map(({ first, count }) => `tcp portrange ${first}-${first + count - 1}`),
  "ip[6:2] & 0x1fff != 0",
].join(" or ");

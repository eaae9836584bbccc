import { defaultHttpPorts } from "./probe-command.ts";
import { clientPorts, serverPorts } from "./token.ts";
import { vniValidFlag, vxlanPort } from "../packet/tunnel/vxlan.ts";

/** What begins as VXLAN (RFC 7348: the flags, then reserved bits) and holds a frame of IP, at whatever port it is sent to. */
const vxlanAnywhere = (["udp[8:4] udp[28:2]", "ip6[48:4] ip6[68:2]"] as const).map((words) => {
  const [flags = "", etherType = ""] = words.split(" ");
  const inside = `(${etherType} = 0x0800 or ${etherType} = 0x86dd)`;
  const isUdp = words.startsWith("ip6") ? "ip6[6] = 17 and " : "";
  return `${isUdp}${flags} = 0x${vniValidFlag.toString(16).padStart(2, "0")}000000 and ${inside}`;
});

/**
 * A BPF expression that all packets of probes fit, in any form and astray too: pings, the ports of tokens and of the
 * responder, every tunnel, and fragments. For nodes that carry others' traffic, which a capture should neither drown in nor show.
 */
export const probeTraffic: string = [
  "icmp or icmp6",
  `udp port ${vxlanPort}`,
  ...vxlanAnywhere,
  // IP in IP, IPv6 in IP, GRE, ESP (IANA protocol numbers).
  ...[4, 41, 47, 50].map((protocol) => `ip proto ${protocol} or ip6 proto ${protocol}`),
  ...[defaultHttpPorts.service, defaultHttpPorts.direct].map((port) => `port ${port}`),
  ...[serverPorts, clientPorts].map(({ first, count }) => `tcp portrange ${first}-${first + count - 1}`),
  "ip[6:2] & 0x1fff != 0",
]
  // `and` and `or` have one precedence (pcap-filter(7)): an alternative without parentheses would take in all before it.
  .map((alternative) => `(${alternative})`)
  .join(" or ");

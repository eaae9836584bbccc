import { defaultHttpPorts } from "./probe-command.ts";
import { clientPorts, serverPorts } from "./token.ts";
import { vniValidFlag, vxlanPort } from "../packet/tunnel/vxlan.ts";
import { addressHex } from "../topology/address.ts";

/** What begins as VXLAN (RFC 7348: the flags, then reserved bits) and holds a frame of IP, at whatever port it is sent to. */
const vxlanAnywhere = (["udp[8:4] udp[28:2]", "ip6[48:4] ip6[68:2]"] as const).map((words) => {
  const [flags = "", etherType = ""] = words.split(" ");
  const inside = `(${etherType} = 0x0800 or ${etherType} = 0x86dd)`;
  const isUdp = words.startsWith("ip6") ? "ip6[6] = 17 and " : "";
  return `${isUdp}${flags} = 0x${vniValidFlag.toString(16).padStart(2, "0")}000000 and ${inside}`;
});

/** What probes are outside of tunnels: pings, the ports of tokens and of the responder, and fragments. */
const plain: readonly string[] = [
  "icmp or icmp6",
  ...[defaultHttpPorts.service, defaultHttpPorts.direct].map((port) => `port ${port}`),
  ...[serverPorts, clientPorts].map(({ first, count }) => `tcp portrange ${first}-${first + count - 1}`),
  "ip[6:2] & 0x1fff != 0",
];

/** IP in IP. */
const ipip = "ip proto 4";

/** IP and IPv6 in IPv6, IPv6 in IP, GRE, ESP (IANA protocol numbers). */
const rareTunnels = ["ip6 proto 4", ...[41, 47, 50].map((number) => `ip proto ${number} or ip6 proto ${number}`)];

/** `and` and `or` have one precedence (pcap-filter(7)): an alternative without parentheses would take in all before it. */
function either(alternatives: readonly string[]): string {
  return alternatives.map((alternative) => `(${alternative})`).join(" or ");
}

/**
 * A BPF expression that all packets of probes fit, in any form and astray too: pings, the ports of tokens and of the
 * responder, every tunnel, and fragments. For nodes that carry others' traffic, which a capture should neither drown in nor show.
 */
export const probeTraffic: string = either([...plain, `udp port ${vxlanPort}`, ...vxlanAnywhere, ipip, ...rareTunnels]);

/** Who takes part in a run: without prefix. */
export interface RunAddresses {
  readonly pods: readonly string[];
  /** Nodes with their tunnels, and ClusterIPs: what probes start from and are sent to beside pods. */
  readonly others: readonly string[];
}

/** Addresses up to which each is named: beyond, the kernel would compare each packet with too many (BPF: 4096 instructions). */
const mostNamed = 128;

/** Where the inner addresses of IPv4 stand: behind UDP, VXLAN and Ethernet (8 + 8 + 14 bytes), and behind an IPv4 header without options. */
const inner = { vxlan: ["udp[42:4]", "udp[46:4]"], ipip: ["ip[32:4]", "ip[36:4]"] } as const;

/** The same for the addresses of one run alone: what others' pods send, in tunnels too, is no business of it. */
export function probeTrafficOf({ pods, others }: RunAddresses): string {
  if (pods.length + others.length > mostNamed) return probeTraffic;
  const own = either([...pods, ...others, "127.0.0.1"].map((address) => `host ${address}`));
  const pods4 = pods.filter((address) => !address.includes(":"));
  const holdsPod = (places: readonly string[]): string =>
    either(places.flatMap((place) => pods4.map((address) => `${place} = 0x${addressHex(address)}`)));
  const only = (tunnel: string, places: readonly string[]): readonly string[] =>
    pods4.length === 0 ? [] : [`(${tunnel}) and (${holdsPod(places)})`];
  const [inIp4, inIp6] = vxlanAnywhere;
  return either([
    `(${either(plain)}) and (${own})`,
    ...only(`udp port ${vxlanPort} and udp[28:2] = 0x0800`, inner.vxlan),
    `udp port ${vxlanPort} and udp[28:2] != 0x0800`,
    ...only(`${inIp4 ?? ""} and udp[28:2] = 0x0800`, inner.vxlan),
    inIp6 ?? "",
    ...only(ipip, inner.ipip),
    ...rareTunnels,
  ]);
}

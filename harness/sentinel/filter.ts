import { groupBy } from "../core/group-by.ts";
import { formBetween } from "../encap/flow.ts";
import type { TapId } from "../encap/expectation.ts";
import type { NodeIdentity } from "../encap/identity.ts";
import { tunnelModes, vniOf } from "../encap/tunnel.ts";
import { isEncrypted, wireguardPort } from "../encap/wireguard.ts";
import type { Network } from "../dataplane/dataplane.ts";
import type { Lab } from "../lab/lab.ts";
import { vniValidFlag, vxlanPort } from "../packet/tunnel/vxlan.ts";
import { addressHex, networkOf, prefixLength, withoutPrefix } from "../topology/address.ts";
import type { Family } from "../topology/topology.ts";

/** What a filter is made from. */
export interface Watched extends Pick<Network, "mode" | "identities"> {
  readonly lab: Pick<Lab, "plan" | "shared">;
}

/** Bytes of the ping by which a tap proves that it sees: of a size that nothing else here has. */
export const heartbeatBytes = 3;

/** Ordered pairs of nodes up to which each one's tunnel is told by name: tcpdump needs a while for long expressions, on every node. */
const mostPairs = 64;

/** Nodes up to which each one's neighbors are named. */
const mostNamed = 16;

/** Where things stand behind the start of a UDP header that carries VXLAN (RFC 7348: 8 + 8 + 14 bytes, then IPv4 or IPv6). */
const inVxlan = { flags: 8, vni: 12, etherType: 28, source4: 42, destination4: 46 } as const;

/**
 * BPF for one tap between nodes: lets the kernel keep all that a mode has no use for, and whatever it cannot tell, and passes over
 * what must be there in bulk, so that listening costs next to nothing. Which of it is an offence is for `offenceOf` to say. `vlan` is
 * the tag that is due, `links` what else must be kept behind it.
 */
export function sentinelFilter(
  network: Watched,
  tap: TapId,
  exempt: readonly (readonly [string, string])[],
  { vlan, links = "" }: { readonly vlan?: number; readonly links?: string } = {},
): string {
  const { families } = network.lab.plan;
  const perFamily = families.flatMap((family) => suspicious(network, tap, family, exempt));
  const others = families.length === 2 ? [] : [families.includes(4) ? "ip6 proto 4 or ip6 proto 41" : "ip proto 4"];
  // `vlan` moves all offsets behind it: first for the tag that is due, then to what that tag stands before, and last so that no other tag
  // slips through that the kernel has taken off.
  const tag = vlan === undefined ? [] : [`not vlan ${vlan}`];
  return [
    ...tag,
    ...(links === "" ? [] : [links]),
    ...perFamily,
    heartbeat,
    ...others,
    "not (ip or ip6 or arp or rarp)",
    "vlan",
  ]
    .map((part) => `(${part})`)
    .join(" or ");
}

const heartbeat = `(icmp[0] = 8 and ip[2:2] = ${28 + heartbeatBytes}) or (ip6[6] = 58 and ip6[40] = 128 and ip6[4:2] = ${8 + heartbeatBytes})`;

function suspicious(
  network: Watched,
  tap: TapId,
  family: Family,
  exempt: readonly (readonly [string, string])[],
): readonly string[] {
  const { plan, shared } = network.lab;
  const pools = plan.topology.pools
    .filter((pool) => pool.family === family && pool.disabled !== true)
    .map(({ cidr }) => `net ${networkOf(cidr)}`);
  const isPods = either(pools);
  const twins = exempt
    .filter(([one]) => one.includes(":") === (family === 6))
    .map(([one, other]) => `(host ${one} and host ${other})`);
  const plain =
    kindsOf(network, family).length === 0 && !isEncrypted(plan)
      ? []
      : [without(isPods, [...forAllTaps(network, family).neighbors, ...twins])];
  const ip = family === 4 ? "ip" : "ip6";
  const first = family === 4 ? "ip[6:2] & 0x1fff = 0" : "ip6[6] != 44";
  const content = `${ip} and ${first} and not (${isPods})`;
  const udp = shared === true ? ` and ${someFrame(family)}` : "";
  const usual = family === 4 ? "tcp or udp or icmp or igmp or ip proto 0" : "tcp or udp or icmp6 or ip6 proto 0";
  const right = tunnels(network, tap, family);
  return [
    ...plain.map((one) => `${ip} and ${one}`),
    `${content} and udp${udp}${[right.vxlan, encrypted(network, tap, family)].map((known) => (known === "" ? "" : ` and not (${known})`)).join("")}`,
    `${content} and not (${usual})${right.ipip === "" ? "" : ` and not (${right.ipip})`}`,
  ];
}

/** What holds for all taps of a network, by mode and family: each of hundreds of taps would compare all pairs of nodes anew. */
const known = new WeakMap<Watched["identities"], Map<string, ForAllTaps>>();

interface ForAllTaps {
  /** Pairs of nodes by form. */
  readonly pairs: ReadonlyMap<Pair["form"], readonly Pair[]>;
  readonly neighbors: readonly string[];
}

/** Two nodes, and the form in which the first sends to these blocks of the other's. */
interface Pair {
  readonly from: NodeIdentity;
  readonly to: NodeIdentity;
  readonly blocks: readonly string[];
  readonly form: ReturnType<typeof formBetween>;
}

function forAllTaps({ identities, mode }: Watched, family: Family): ForAllTaps {
  const ofNetwork = known.get(identities) ?? new Map<string, ForAllTaps>();
  known.set(identities, ofNetwork);
  const key = `${mode.id} ${family}`;
  const before = ofNetwork.get(key);
  if (before !== undefined) return before;
  const { nodes } = identities;
  const pairs = nodes.flatMap((from) =>
    nodes.flatMap((to) => {
      const blocks = to.blocks[family] ?? [];
      const byForm = groupBy(blocks, (block) => formBetween(mode, family, from, to, withoutPrefix(block)));
      return [...byForm].map(([form, own]) => ({ from, to, form, blocks: own }));
    }),
  );
  const byForm = groupBy(pairs, ({ form }) => form);
  const told = { pairs: byForm, neighbors: neighbors(nodes, byForm.get("plain") ?? [], family) };
  ofNetwork.set(key, told);
  return told;
}

/** Plain packets are right between nodes that Calico takes for neighbors; with many nodes, within groups that are neighbors of each other. */
function neighbors(nodes: readonly NodeIdentity[], plain: readonly Pair[], family: Family): readonly string[] {
  const near = groupBy(plain, ({ from }) => from);
  const nearOf = (node: NodeIdentity): readonly Place[] =>
    (near.get(node) ?? []).map(({ to, blocks }) => placeOf(to, family, blocks));
  if (nodes.length <= mostNamed)
    return nodes.flatMap((node) => plainly([placeOf(node, family, node.blocks[family])], nearOf(node)));
  const groups = groupBy(nodes, (node) => {
    const names = [node, ...(near.get(node) ?? []).map(({ to }) => to)].map(({ name }) => name);
    return [...new Set(names)].toSorted().join(" ");
  });
  return [...groups.values()].flatMap((group) => {
    const members = new Set(group);
    const alike = group.flatMap((node) => near.get(node) ?? []).filter(({ to }) => members.has(to));
    const blocks = new Map(alike.map(({ to, blocks: own }) => [to, own]));
    return plainly(
      group.map((node) => placeOf(node, family, node.blocks[family])),
      group.map((node) => placeOf(node, family, blocks.get(node))),
    );
  });
}

/** pcap-filter(7)'s words for what is at a node: blocks of pods, and its own address. */
type Place = readonly string[];

function plainly(from: readonly Place[], to: readonly Place[]): readonly string[] {
  if (to.length === 0) return [];
  const places = (all: readonly Place[], end: string): string => either(all.flat().map((place) => `${end} ${place}`));
  return [`(${places(from, "src")}) and (${places(to, "dst")})`];
}

function placeOf(node: NodeIdentity, family: Family, blocks: readonly string[] = []): Place {
  const address = node.addresses[family];
  return [...blocks.map((block) => `net ${networkOf(block)}`), ...(address === undefined ? [] : [`host ${address}`])];
}

/** The mode's own tunnels between the right nodes with the right content; "" where there are none. */
function tunnels(network: Watched, tap: TapId, family: Family): { readonly vxlan: string; readonly ipip: string } {
  const kinds = kindsOf(network, family);
  return {
    vxlan: kinds.includes("vxlan")
      ? `${vxlanHeader(family, vniOf(network.lab.plan))} and (${endsOf(network, tap, family, "vxlan")})`
      : "",
    ipip: kinds.includes("ipip") ? `ip proto 4 and (${endsOf(network, tap, family, "ipip")})` : "",
  };
}

/** WireGuard between nodes that both encrypt; what it carries is for them alone to read. */
function encrypted(network: Watched, tap: TapId, family: Family): string {
  if (!isEncrypted(network.lab.plan)) return "";
  const port = wireguardPort(family);
  return `udp src port ${port} and dst port ${port} and (${endsOf(network, tap, family, "wireguard")})`;
}

function kindsOf({ mode, lab }: Watched, family: Family): readonly ("vxlan" | "ipip")[] {
  return tunnelModes(lab.plan, mode, family).flatMap(([, { encapsulation }]) =>
    encapsulation === "none" ? [] : [encapsulation],
  );
}

function endsOf(network: Watched, tap: TapId, family: Family, encapsulation: "vxlan" | "ipip" | "wireguard"): string {
  const { nodes } = network.identities;
  const pairs = forAllTaps(network, family).pairs.get(encapsulation) ?? [];
  const own = pairs.filter(({ from, to }) => from.name === tap.node || to.name === tap.node);
  const named = pairs.length <= mostPairs ? pairs : own.length <= mostPairs ? own : [];
  const between = named.flatMap(({ from, to, blocks }) => {
    const [source, destination] = [from.addresses[family], to.addresses[family]];
    if (source === undefined || destination === undefined) return [];
    const inside = contentOf(encapsulation, family, from, blocks);
    return [`(src host ${source} and dst host ${destination}${inside === "" ? "" : ` and (${inside})`})`];
  });
  // Between too many nodes all of theirs are passed over: what probes send is judged pair by pair elsewhere.
  const networks = [
    ...new Set(nodes.flatMap((node) => networkOf(node.registered[family] ?? node.addresses[family] ?? ""))),
  ];
  const anybody = `(${either(networks.map((net) => `src net ${net}`))}) and (${either(networks.map((net) => `dst net ${net}`))})`;
  return named.length === 0 ? anybody : either(between);
}

function vxlanHeader(family: Family, vni: number): string {
  const word = (offset: number): string => (family === 4 ? `udp[${offset}:4]` : `ip6[${40 + offset}:4]`);
  const next = family === 4 ? "udp" : "ip6[6] = 17";
  const flags = `0x${vniValidFlag.toString(16).padStart(2, "0")}000000`;
  return `${next} and dst port ${vxlanPort} and ${word(inVxlan.flags)} = ${flags} and ${word(inVxlan.vni)} = ${vni << 8}`;
}

/** That IPv4 inside comes from and goes to the nodes' blocks; IPv6 is told by its outer addresses alone. */
function contentOf(encapsulation: string, family: Family, from: NodeIdentity, blocks: readonly string[]): string {
  if (family === 6 || encapsulation === "wireguard") return "";
  const [source, destination] = encapsulation === "ipip" ? ["ip[32:4]", "ip[36:4]"] : ["udp[42:4]", "udp[46:4]"];
  const inBlocks = (word: string, own: readonly string[]): string =>
    either(own.map((block) => `${word} & ${maskOf(block)} = 0x${addressHex(withoutPrefix(networkOf(block)))}`));
  return `(${inBlocks(source, from.blocks[4] ?? [])}) and (${inBlocks(destination, blocks)})`;
}

function maskOf(cidr: string): string {
  const bits = prefixLength(cidr);
  return `0x${((0xffffffff << (32 - bits)) >>> 0).toString(16)}`;
}

/** Whether a frame of IP follows a header of VXLAN's or Geneve's size: nodes of others have much UDP of their own. */
function someFrame(family: Family): string {
  const word = family === 4 ? `udp[${inVxlan.etherType}:2]` : `ip6[${40 + inVxlan.etherType}:2]`;
  return `(${word} = 0x0800 or ${word} = 0x86dd)`;
}

function without(what: string, exceptions: readonly string[]): string {
  return `(${what})${exceptions.map((exception) => ` and not (${exception})`).join("")}`;
}

function either(parts: readonly string[]): string {
  return parts.length === 0 ? "less 1" : parts.join(" or ");
}

import { causesOf } from "../cause/find-causes.ts";
import type { Cause } from "../cause/cause.ts";
import type { NodeFacts } from "../dataplane/node-facts.ts";
import type { Mode } from "../encap/mode.ts";
import { encapsulationOf } from "../encap/tunnel.ts";
import type { Plan } from "../topology/plan.ts";
import { verdictOn } from "../verify/control-plane.ts";
import { destinationOf } from "../topology/destination.ts";
import { routeInWords } from "../verify/route-words.ts";
import { ownerTroubles } from "../verify/judge-owners.ts";
import { judgeStates, type NodeJudgment } from "../verify/node-troubles.ts";
import type { Trouble } from "../verify/trouble.ts";
import { poolOf, type DescribedCluster } from "./described-cluster.ts";
import { expectNodes, identitiesOf, modesOf } from "./expect-nodes.ts";
import { planOf } from "./plan-of.ts";

/** What a bundle's nodes must be, what they are, and what explains the difference. */
export interface BundleJudgment {
  readonly cluster: DescribedCluster;
  readonly plan: Plan;
  readonly modes: readonly Mode[];
  /** Of the nodes that the bundle has files of. */
  readonly nodes: readonly NodeJudgment[];
  readonly causes: readonly Cause[];
  readonly notes: readonly string[];
}

/** Compares the kernel state in a bundle with what its pools, nodes and blocks make of it. Pure; nothing is asked of any network. */
export function judgeBundle(cluster: DescribedCluster): BundleJudgment {
  const plan = planOf(cluster);
  const modes = modesOf(cluster);
  const facts = {
    nodes: cluster.facts.map((node) => withoutWireguard(node, cluster)),
    registered: cluster.nodes.map(({ name, registered }) => ({ node: name, addresses: Object.values(registered) })),
  };
  const [mode] = modes;
  const found = { cluster, plan, modes, notes: [...cluster.notes, ...remarks(cluster)] };
  if (mode === undefined) return { ...found, nodes: [], causes: [] };
  const identities = identitiesOf(cluster, plan, mode);
  const owners = ownerTroubles(plan, identities, facts.nodes);
  const nodes = judgeStates(expectNodes(cluster, plan), facts, owners).map((judgment) => ({
    ...judgment,
    troubles: [
      ...lackingTunnels(cluster, plan, modes, judgment.expected.node),
      ...judgment.troubles,
      ...strayBlackholes(cluster, judgment.facts),
    ],
  }));
  const failed = nodes.map((judgment) => verdictOn(judgment, mode)).filter(({ status }) => status === "fail");
  return {
    ...found,
    nodes,
    causes: causesOf({
      network: { plan, mode, identities, facts },
      failed,
      cases: [],
      asked: [],
      crossings: [],
      nodes,
      beyond: [],
    }),
  };
}

/** A node that Calico gave no tunnel address is reached by nobody's tunnel. */
function lackingTunnels(
  { nodes }: DescribedCluster,
  plan: Plan,
  modes: readonly Mode[],
  name: string,
): readonly Trouble[] {
  const tunnels = nodes.find((node) => node.name === name)?.tunnels;
  return plan.families.flatMap((family) =>
    [...new Set(modes.map((mode) => encapsulationOf(mode, family)))].flatMap((encapsulation): readonly Trouble[] => {
      if (encapsulation === "none" || tunnels?.[encapsulation][family] !== undefined) return [];
      const note = `projectcalico.org/IPv${family}${encapsulation.toUpperCase()}TunnelAddr`;
      return [{ kind: "address", text: `Calico has given it no ${encapsulation} tunnel address (annotation ${note})` }];
    }),
  );
}

/** A node drops what it has a blackhole for: right for its own blocks alone, which those of others are judged as routes for. */
function strayBlackholes(
  { blocks, blocksKnown, pools }: DescribedCluster,
  facts: NodeFacts | undefined,
): readonly Trouble[] {
  if (!blocksKnown || facts === undefined) return [];
  const owned = new Set(blocks.map(({ cidr }) => destinationOf(cidr)));
  return facts.routes
    .filter(({ type, destination }) => type === "blackhole" && poolOf(pools, destination) !== undefined)
    .filter(({ destination }) => !owned.has(destinationOf(destination)))
    .map((route): Trouble => {
      const text = `unexpected route ${routeInWords(route)}: IPAM has given this block to no node`;
      return { kind: "stray route", text, route };
    });
}

/** WireGuard's rule (priority 99, felix/wireguard) takes packets for its peers out of the main table by design. */
function withoutWireguard(facts: NodeFacts, { felix }: DescribedCluster): NodeFacts {
  if (felix.wireguardEnabled !== true || facts.rules === undefined) return facts;
  return { ...facts, rules: facts.rules.filter(({ priority, not }) => !(priority === 99 && not)) };
}

function remarks({ felix, mesh, nodes, unregistered, facts, blocks, pools }: DescribedCluster): readonly string[] {
  const read = new Set(facts.map(({ node }) => node));
  const absent = nodes.map(({ name }) => name).filter((name) => !read.has(name));
  const more = absent.length > 10 ? ` and ${absent.length - 10} more` : "";
  return [
    ...(absent.length === 0
      ? []
      : [
          `not in the bundle, so not judged: ${absent.slice(0, 10).join(" ")}${more} (calicoctl cluster diags --max-logs=N takes more nodes)`,
        ]),
    ...unregistered.map((name) => `Calico has registered no address for ${name}: check that calico-node runs there`),
    ...(felix.bpfEnabled === true ? ["eBPF is on: its device and its maps are not judged, routes are"] : []),
    ...(felix.wireguardEnabled === true ? ["WireGuard is on: what it encrypts is not judged"] : []),
    ...(mesh ? [] : ["the BGP mesh of all nodes is off: plain routes are what BGP peers say, and are not judged"]),
    ...(blocks.length === 0 && pools.length > 0 ? ["no node has a block of addresses yet"] : []),
  ];
}

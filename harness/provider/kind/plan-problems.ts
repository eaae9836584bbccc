import { contains, prefixLength, withoutPrefix } from "../../topology/address.ts";
import { externalProblems } from "../../lab/external-problems.ts";
import { uplinkProblems } from "../../lab/uplink-problems.ts";
import type { Plan } from "../../topology/plan.ts";
import type { Family } from "../../topology/topology.ts";
import type { Problem } from "../../lab/lab.ts";
import { poolOf } from "./render-config.ts";
import { otherProviders } from "../../lab/other-providers.ts";

/**
 * Prefix lengths that the cluster's pod network may have: the controller manager cuts a /24 (or /64) for each node out of it and
 * takes at most 16 bits for their numbers (kube-controller-manager --node-cidr-mask-size, cidrset.go).
 */
const poolPrefixes: Readonly<Record<Family, readonly [shortest: number, longest: number]>> = {
  4: [8, 24],
  6: [48, 64],
};

/** Prefix lengths that a service network may have (kube-apiserver --service-cluster-ip-range: at most 20 bits of hosts). */
const servicePrefixes: Readonly<Record<Family, readonly [shortest: number, longest: number]>> = {
  4: [12, 30],
  6: [108, 126],
};

/** What keeps a plan from becoming a kind cluster, whatever machine it is. */
export function planProblems(plan: Plan): readonly Problem[] {
  return [
    ...plan.families.flatMap((family) => poolProblems(plan, family)),
    ...plan.families.flatMap((family) => serviceProblems(plan, family)),
    ...plan.nodes.flatMap((_, index) => legProblems(plan, index)),
    ...fabricProblems(plan),
    ...uplinkProblems(plan),
    ...externalProblems(plan),
    ...hostNetworkProblems(plan),
    ...sharedProblems(plan),
    ...autodetectionProblems(plan),
  ];
}

/** Real Calico gives nodes other blocks than the plan, so routers would have to learn them. */
function fabricProblems({ topology }: Plan): readonly Problem[] {
  if (topology.fabric === "none") return [];
  const what = `the topology has \`fabric: ${topology.fabric}\`, and routers of kind labs have no routes to pods`;
  return [{ what, fix: `use a topology without a fabric, or ${otherProviders}` }];
}

/** Services there are made for pods in networks of their own. */
function hostNetworkProblems({ topology }: Plan): readonly Problem[] {
  const names = topology.nodes.filter(({ hostNetworkPod }) => hostNetworkPod === true).map(({ name }) => name);
  if (names.length === 0) return [];
  const what = `${names.join(", ")} of ${topology.name} have a pod in the node's own network, which kind labs do not make`;
  return [{ what, fix: `use another topology, or ${otherProviders}` }];
}

function sharedProblems({ topology }: Plan): readonly Problem[] {
  const names = (topology.sharedServices ?? []).map(({ name }) => name);
  if (names.length === 0) return [];
  const what = `${topology.name} has Services with several backends (${names.join(", ")}), which kind labs do not make`;
  return [{ what, fix: `use another topology, or ${otherProviders}` }];
}

/** Its nodes have a leg by which they are managed, which no method of a topology's knows of. */
function autodetectionProblems({ topology }: Plan): readonly Problem[] {
  if (topology.autodetection === undefined) return [];
  const what = "the topology has `autodetection`, and Calico in kind labs looks for addresses in the racks' networks";
  return [{ what, fix: `use a topology without it, or ${otherProviders}` }];
}

function poolProblems(plan: Plan, family: Family): readonly Problem[] {
  const cidr = poolOf(plan, family);
  if (cidr === undefined) {
    return [{ what: `the topology has no IPv${family} pool for the cluster's pods`, fix: "add one under `pools:`" }];
  }
  const [shortest, longest] = poolPrefixes[family];
  const nodeBits = longest - prefixLength(cidr);
  const fits = nodeBits >= 0 && prefixLength(cidr) >= shortest && 2 ** nodeBits >= plan.nodes.length;
  if (fits) return [];
  const what = `Kubernetes cannot carve ${plan.nodes.length} node networks (/${longest}) out of the pool ${cidr}`;
  return [
    {
      what,
      fix: `give \`pools:\` an IPv${family} network between /${shortest} and /${longest} that has room for them`,
    },
  ];
}

function serviceProblems({ topology }: Plan, family: Family): readonly Problem[] {
  const cidr = topology.services[family];
  const [shortest, longest] = servicePrefixes[family];
  const prefix = cidr === undefined ? -1 : prefixLength(cidr);
  if (prefix >= shortest && prefix <= longest) return [];
  const what = `Kubernetes does not accept Services network ${cidr ?? `of IPv${family}`}`;
  return [{ what, fix: `give \`services:\` an IPv${family} network between /${shortest} and /${longest}` }];
}

/** Docker gives a leg its network's prefix, so an address with a prefix of its own is not available. */
function legProblems({ nodes, topology, families }: Plan, index: number): readonly Problem[] {
  const node = nodes[index];
  const rack = topology.subnets.find(({ name }) => name === node?.uplink.segment);
  return families.flatMap((family) => {
    const address = node?.uplink.addresses[family];
    const cidr = rack?.cidrs[family];
    if (node === undefined || address === undefined || cidr === undefined) return [];
    const fits = prefixLength(address) === prefixLength(cidr) && contains(cidr, withoutPrefix(address));
    if (fits) return [];
    const what = `node ${node.name} has ${address} in rack ${rack?.name ?? ""} (${cidr}): Docker gives every leg the rack's prefix`;
    return [{ what, fix: `give the node the rack's prefix, or ${otherProviders}` }];
  });
}

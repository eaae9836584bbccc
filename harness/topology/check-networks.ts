import { networkOf, overlaps } from "./address.ts";
import { holdsPods } from "./pool-of.ts";
import type { Family, Topology } from "./topology.ts";
import type { FileFacts } from "./file-facts.ts";
import type { ValueProblem, ValuePath } from "../core/yaml/value-problem.ts";

/**
 * Networks that no lab can use: not for ordinary hosts (RFC 6890; Calico's pods have their gateway in 169.254.0.0/16,
 * in cni-plugin).
 */
const unusable = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/8", "fe80::/10", "ff00::/8"];

/** Networks of subnets, pools, services and load balancers: present, written cleanly, usable, and apart from each other. */
export function checkNetworks(topology: Topology, file: FileFacts): readonly ValueProblem[] {
  const networks = networksOf(topology).toSorted((a, b) => Number(file.spells(a.path)) - Number(file.spells(b.path)));
  return [
    ...checkFamilies(topology, file),
    ...networks.flatMap(checkForm),
    // The later of two is told: those that the file spells out come after the defaults.
    ...networks.flatMap((network, index) => checkOverlap(network, networks.slice(0, index))),
  ];
}

interface Network {
  readonly path: ValuePath;
  readonly label: string;
  readonly cidr: string;
  /** A pool that nobody takes from: it may tell Calico of networks that are the lab's. */
  readonly disabled?: true;
}

function networksOf(topology: Topology): readonly Network[] {
  const services = topology.families.flatMap((family) => {
    const cidr = topology.services[family];
    return cidr === undefined ? [] : [{ path: ["services", keyOf(family)], label: "the services", cidr }];
  });
  const pools = topology.pools.map((pool, index) => ({
    path: ["pools", index, "cidr"],
    label: "the pool",
    cidr: pool.cidr,
    ...(pool.disabled === true || !holdsPods(pool) ? { disabled: true as const } : {}),
  }));
  const subnets = topology.subnets.flatMap(({ name, cidrs }) =>
    topology.families.flatMap((family) => {
      const cidr = cidrs[family];
      return cidr === undefined ? [] : [{ path: ["subnets", name, keyOf(family)], label: name, cidr }];
    }),
  );
  const balanced = topology.families.flatMap((family) => {
    const cidr = topology.loadBalancers?.[family];
    const path = ["services", family === 4 ? "loadBalancers" : "loadBalancers6"];
    return cidr === undefined ? [] : [{ path, label: "the load balancers", cidr }];
  });
  return [...services, ...pools, ...subnets, ...balanced];
}

function checkFamilies(topology: Topology, file: FileFacts): readonly ValueProblem[] {
  if (file.entriesCut) return [];
  return topology.subnets.flatMap(({ name, cidrs }) => {
    const path = ["subnets", name];
    if (topology.families.length === 0) return [{ path, message: "has no network; give it cidr, cidr6 or both" }];
    const lacking = topology.families.filter((family) => cidrs[family] === undefined);
    return lacking.map((family) => ({
      path,
      message: `has no IPv${family} network (${keyOf(family)}), but the topology uses IPv${family}`,
    }));
  });
}

function checkForm({ path, cidr }: Network): readonly ValueProblem[] {
  const clean = networkOf(cidr);
  const special = unusable.find((range) => overlaps(range, cidr));
  return [
    ...(cidr !== clean ? [{ path, message: `${cidr} has host bits set; the network is ${clean}` }] : []),
    ...(special === undefined ? [] : [{ path, message: `${cidr} overlaps ${special}, which is reserved` }]),
  ];
}

function checkOverlap(network: Network, others: readonly Network[]): readonly ValueProblem[] {
  const isPool = ({ label }: Network): boolean => label === "the pool";
  return others
    .filter((other) => overlaps(other.cidr, network.cidr))
    .filter((other) => [network, other].every(isPool) || ![network, other].some(({ disabled }) => disabled === true))
    .map((other) => ({ path: network.path, message: `${network.cidr} overlaps ${other.label} (${other.cidr})` }));
}

function keyOf(family: Family): "cidr" | "cidr6" {
  return family === 4 ? "cidr" : "cidr6";
}

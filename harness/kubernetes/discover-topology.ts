import { LabError } from "../core/errors.ts";
import { contains, networkOf, prefixLength, withoutPrefix } from "../topology/address.ts";
import { perFamily } from "../topology/fill-topology.ts";
import {
  poolEncapsulations,
  type Family,
  type Pool,
  type Subnet,
  type Topology,
  type TopologyNode,
} from "../topology/topology.ts";
import type { ClusterPool } from "./ip-pools.ts";
import { isOfAllPools } from "../encap/pool-mode.ts";
import { configuredMode, modeOfPool, poolsInUse } from "./ip-pools.ts";
import type { ClusterNode } from "./node-object.ts";
import { underlayName } from "./surveyed-plan.ts";

/** What a topology's source begins with where it was read from a cluster and not from a file. */
export const clusterSource = "cluster:";

/** Bytes until an agent has told the real value (IEEE 802.3). */
const assumedMtu = 1500;

/** Two pods per node, so that paths between pods of one node exist. */
const podsPerNode = 2;

/** ClusterIPs are read from the API; these only fill the plan (RFC 2544, RFC 4193). */
const assumedServices = { 4: "198.19.192.0/18", 6: "fd00:10:20::/112" } as const;

/**
 * The topology of an existing cluster: nodes of one registered network are one subnet. One that is registered more narrowly inside
 * another's network is on that: its registration is what is to be judged, and its own interface, which an agent reads later, decides.
 * Nodes without any registered address are an error: Calico has not started there.
 */
export function discoverTopology(name: string, found: readonly ClusterNode[], pools: readonly ClusterPool[]): Topology {
  const nodes = found.map((node) => ({ ...node, registered: widened(node, found) }));
  const strangers = nodes.filter(({ registered }) => Object.keys(registered).length === 0);
  if (nodes.length === 0 || strangers.length > 0) throw unregistered(name, strangers);
  const families = familiesOf(nodes, pools);
  const networks = [...new Set(nodes.map((node) => networkKey(node, families)))].sort();
  const subnets = networks.map((key): Subnet => {
    const [member] = nodes.filter((node) => networkKey(node, families) === key);
    const cidrs = perFamily(families, (family) => {
      const address = member?.registered[family];
      return address === undefined ? undefined : networkOf(address);
    });
    return { name: subnetName(key), cidrs, mtu: assumedMtu };
  });
  const router = { name: underlayName, subnets: subnets.map((subnet) => subnet.name), proxyArp: true };
  return {
    name: topologyName(name),
    description: `as Calico has registered the nodes of ${name}`,
    source: `${clusterSource}${name}`,
    asFound: true,
    families,
    fabric: "none",
    subnets,
    routers: subnets.length < 2 ? [] : [router],
    nodes: nodes.map((node) => topologyNode(node, families)),
    pools: planPools(families, pools),
    services: perFamily(families, (family) => assumedServices[family]),
  };
}

/** The addresses of a node with the prefixes of the widest networks of others that hold them. */
function widened({ registered }: ClusterNode, all: readonly ClusterNode[]): ClusterNode["registered"] {
  const both: readonly Family[] = [4, 6];
  return perFamily(both, (family) => {
    const own = registered[family];
    if (own === undefined) return undefined;
    const networks = all.flatMap((other) => other.registered[family] ?? []).filter((other) => contains(other, own));
    const [widest = own] = networks.toSorted((a, b) => prefixLength(a) - prefixLength(b));
    return `${withoutPrefix(own)}/${prefixLength(widest)}`;
  });
}

/** A family counts where every node has an address of it and a pool serves it. */
function familiesOf(nodes: readonly ClusterNode[], pools: readonly ClusterPool[]): readonly Family[] {
  const used = poolsInUse(pools);
  const both: readonly Family[] = [4, 6];
  return both.filter(
    (family) =>
      nodes.every(({ registered }) => registered[family] !== undefined) && used.some((pool) => pool.family === family),
  );
}

function networkKey({ registered }: ClusterNode, families: readonly Family[]): string {
  return families
    .flatMap((family) => registered[family] ?? [])
    .map(networkOf)
    .join(" ");
}

/** `10.10.1.0/24` becomes `net-10-10-1-0-24`; of two families the first names it. */
function subnetName(key: string): string {
  return `net-${(key.split(" ")[0] ?? "").replaceAll(/[^0-9a-f]+/gi, "-")}`;
}

function topologyNode(node: ClusterNode, families: readonly Family[]): TopologyNode {
  const registered = perFamily(families, (family) => node.registered[family]);
  return {
    name: node.name,
    subnet: subnetName(networkKey(node, families)),
    addresses: registered,
    registered,
    pods: podsPerNode,
  };
}

/** Each with its own mode where they are in different ones; one that nobody takes from tells which addresses are inside all the same. */
function planPools(families: readonly Family[], all: readonly ClusterPool[]): readonly Pool[] {
  const used = poolsInUse(all);
  const byPool = used.length > 0 && !isOfAllPools(configuredMode(all, ""));
  return families.flatMap((family) =>
    (byPool ? all : used)
      .filter((pool) => pool.family === family)
      .map((pool): Pool => {
        const { cidr, blockSize } = pool;
        const name = byPool ? modeOfPool(pool)?.calicoName : undefined;
        const own = poolEncapsulations.find((word) => word === name);
        return {
          family,
          cidr,
          blockSize,
          ...(own === undefined ? {} : { encapsulation: own }),
          ...(byPool && !pool.natOutgoing ? { natOutgoing: false } : {}),
          ...(pool.disabled ? { disabled: true as const } : {}),
        };
      }),
  );
}

function topologyName(name: string): string {
  const words = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return words.replaceAll(/^-|-$/g, "").slice(0, 36) || "discovered";
}

function unregistered(where: string, nodes: readonly ClusterNode[]): LabError {
  const names = nodes.map(({ name }) => name).join(", ");
  const what = nodes.length === 0 ? "the cluster has no node" : `Calico has registered no address for ${names}`;
  return new LabError(what, {
    where,
    fix: "check that calico-node runs there (kubectl get pods -A -l k8s-app=calico-node), or leave them out of the topology file",
  });
}

/** Networks in which no node can have a neighbor: with them CrossSubnet encapsulates everything (calico#3003, #4254). */
export function lonelyNodes(nodes: readonly ClusterNode[]): readonly string[] {
  return nodes.flatMap(({ name, registered }) =>
    Object.values(registered)
      .filter((address) => prefixLength(address) === (address.includes(":") ? 128 : 32))
      .map((address) => `${name} is registered as ${withoutPrefix(address)}/${prefixLength(address)}`),
  );
}

import { createHash } from "node:crypto";
import { addressCount, blockCount, hostAddress, nthBlock } from "./address.ts";
import { perFamily } from "./fill-topology.ts";
import { balancedAddresses } from "./load-balancers.ts";
import { blockPoolsOf, podName, poolOfPod, takersOf, tunnelPoolOf } from "./pool-of.ts";
import type { Allocation, NodeAllocation, PodAllocation, ServiceAllocation } from "./plan.ts";
import type { Family, PerFamily, Pool, Topology, TopologyNode } from "./topology.ts";

/** Number of the first ClusterIP: below it Kubernetes keeps its own (1 for the API, 10 for DNS by custom). */
export const firstServiceNumber = 11;

/** Port of each Service, and the one its backend listens on: unequal, so that a missing translation shows. */
const servicePort = { port: 80, targetPort: 8080 } as const;

/** First NodePorts of each policy, within 30000-32767 (kube-apiserver --service-node-port-range). */
const firstNodePorts = { masqueraded: 30_000, local: 31_400 } as const;

/**
 * Addresses as Calico's IPAM gives them out in an empty cluster: the nth node of a pool takes its nth block, a tunnel the
 * block's first address, pods those that follow.
 */
export function allocate(topology: Topology, families: readonly Family[]): Allocation {
  const blocks = blockTable(topology, families);
  const lent = new Map<string, number>();
  const nodes = topology.nodes.map((node) => allocateNode(topology, families, node.name, blocks, lent));
  const pods = topology.nodes.flatMap((node) => allocatePods(topology, families, node, blocks, lent));
  const backends = [
    ...pods.map(({ pod }) => ({ service: pod, backend: pod })),
    ...topology.nodes.flatMap(({ name, hostNetworkPod }) =>
      hostNetworkPod === true ? [{ service: `${name}-host`, backend: name }] : [],
    ),
  ];
  const services = backends.map((names, index) => allocateService(topology, families, names, index));
  return { nodes, pods, services, ...allocateShared(topology, families, services.length) };
}

/** A node's block in a pool; that of another node where it has none of its own. */
type BlockOf = (pool: Pool | undefined, node: string) => Place | undefined;

interface Place {
  readonly block: string;
  readonly isOwn: boolean;
}

/** By block, how many addresses other nodes have borrowed. */
type Lent = Map<string, number>;

/** Addresses are borrowed from a block's end, where its owner comes last; its WireGuard device takes one there too. */
function borrow(block: string, lent: Lent): string {
  const number = (lent.get(block) ?? 0) + 1;
  lent.set(block, number);
  return hostAddress(block, Number(addressCount(block)) - number);
}

function blockTable(topology: Topology, families: readonly Family[]): BlockOf {
  const takers = new Map(
    topology.pools
      .filter(({ family }) => families.includes(family))
      .map((pool) => [pool, new Map(takersOf(topology, pool).map((name, place) => [name, place]))]),
  );
  return (pool, node) => {
    const place = pool && takers.get(pool)?.get(node);
    if (pool === undefined || place === undefined) return undefined;
    const blocks = blockCount(pool.cidr, pool.blockSize);
    const isOwn = BigInt(place) < blocks || pool.borrowing !== true;
    return { block: nthBlock(pool.cidr, pool.blockSize, isOwn ? place : place % Number(blocks)), isOwn };
  };
}

function allocateNode(
  topology: Topology,
  families: readonly Family[],
  node: string,
  blockOf: BlockOf,
  lent: Lent,
): NodeAllocation {
  const kinds = topology.pools.some(({ encapsulation }) => encapsulation !== undefined)
    ? (["IPIP", "VXLAN"] as const)
    : [];
  const tunnel = (family: Family, kind?: "IPIP" | "VXLAN"): NodeAllocation["tunnels"] => {
    const place = blockOf(tunnelPoolOf(topology, node, family, kind), node);
    if (place === undefined) return [];
    const address = place.isOwn ? hostAddress(place.block, 0) : borrow(place.block, lent);
    return [{ family, ...(kind === undefined ? {} : { kind }), address }];
  };
  const wireguard = (family: Family): NodeAllocation["tunnels"] => {
    const place = blockOf(tunnelPoolOf(topology, node, family), node);
    return place === undefined ? [] : [{ family, kind: "WireGuard", address: borrow(place.block, lent) }];
  };
  return {
    node,
    blocks: perFamily(families, (family) => {
      const places = blockPoolsOf(topology, node, family).flatMap((pool) => blockOf(pool, node) ?? []);
      return places.filter(({ isOwn }) => isOwn).map(({ block }) => block);
    }),
    tunnels: [
      ...families.flatMap((family) =>
        kinds.length === 0 ? tunnel(family) : kinds.flatMap((kind) => tunnel(family, kind)),
      ),
      ...(encrypts(topology, node) ? families.flatMap(wireguard) : []),
    ],
  };
}

/** Whether a node takes part in WireGuard. */
export function encrypts({ wireguard, nodes }: Topology, node: string): boolean {
  return wireguard === true && nodes.find(({ name }) => name === node)?.wireguard !== false;
}

function allocatePods(
  topology: Topology,
  families: readonly Family[],
  { name: node, pods }: TopologyNode,
  blockOf: BlockOf,
  lent: Lent,
): readonly PodAllocation[] {
  const taken = new Map<string, number>();
  return Array.from({ length: pods }, (_, index) => {
    const pod = podName(node, index);
    const addresses = perFamily(families, (family) => {
      const place = blockOf(poolOfPod(topology, node, pod, family), node);
      if (place === undefined) return undefined;
      const { block, isOwn } = place;
      if (!isOwn) return borrow(block, lent);
      const number = (taken.get(block) ?? 0) + 1;
      taken.set(block, number);
      return hostAddress(block, number);
    });
    return { pod, node, addresses, hostDevice: hostDeviceOf(pod) };
  });
}

function allocateService(
  topology: Topology,
  families: readonly Family[],
  names: Pick<ServiceAllocation, "service" | "backend">,
  index: number,
): ServiceAllocation {
  const clusterIps = nthOf(topology.services, families, firstServiceNumber + index);
  const nodePorts = { masqueraded: firstNodePorts.masqueraded + index, local: firstNodePorts.local + index };
  const outside = topology.external === undefined ? {} : { nodePorts };
  return { ...names, clusterIps, ...servicePort, ...outside, ...balancedAddresses(topology, families, index) };
}

/** Their addresses come after those of Services with one backend. */
function allocateShared(topology: Topology, families: readonly Family[], before: number): Pick<Allocation, "shared"> {
  if (topology.sharedServices === undefined) return {};
  const shared = topology.sharedServices.map(({ name: service, backends }, index) => ({
    service,
    backends: backends.map((node, place) =>
      podName(node, backends.slice(0, place).filter((one) => one === node).length),
    ),
    clusterIps: nthOf(topology.services, families, firstServiceNumber + before + index),
    ...servicePort,
  }));
  return { shared };
}

function nthOf(networks: PerFamily<string>, families: readonly Family[], n: number): PerFamily<string> {
  return perFamily(families, (family) => {
    const network = networks[family];
    return network && hostAddress(network, n);
  });
}

/** Calico's name of the host's end of a pod's cable: `cali` + 11 hex digits of SHA-1 of "<namespace>.<pod>". */
function hostDeviceOf(pod: string): string {
  return `cali${createHash("sha1").update(`default.${pod}`).digest("hex").slice(0, 11)}`;
}

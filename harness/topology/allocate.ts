import { createHash } from "node:crypto";
import { hostAddress, nthBlock } from "./address.ts";
import { perFamily } from "./fill-topology.ts";
import { blockPoolsOf, podName, poolOfPod, takersOf, tunnelPoolOf } from "./pool-of.ts";
import type { Allocation, NodeAllocation, PodAllocation, ServiceAllocation } from "./plan.ts";
import type { Family, PerFamily, Pool, Topology, TopologyNode } from "./topology.ts";

/** Number of the first ClusterIP: below it Kubernetes keeps its own (1 for the API, 10 for DNS by custom). */
export const firstServiceNumber = 11;

/** Port of each Service, and the one its backend listens on: unequal, so that a missing translation shows. */
const servicePort = { port: 80, targetPort: 8080 } as const;

/**
 * Addresses as Calico's IPAM gives them out in an empty cluster: the nth node of a pool takes its nth block, a tunnel the
 * block's first address, pods those that follow.
 */
export function allocate(topology: Topology, families: readonly Family[]): Allocation {
  const blocks = blockTable(topology, families);
  const nodes = topology.nodes.map((node) => allocateNode(topology, families, node.name, blocks));
  const pods = topology.nodes.flatMap((node) => allocatePods(topology, families, node, blocks));
  const services = pods.map((pod, index) => allocateService(topology, families, pod.pod, index));
  return { nodes, pods, services };
}

/** A node's block in a pool. */
type BlockOf = (pool: Pool | undefined, node: string) => string | undefined;

function blockTable(topology: Topology, families: readonly Family[]): BlockOf {
  const takers = new Map(
    topology.pools
      .filter(({ family }) => families.includes(family))
      .map((pool) => [pool, new Map(takersOf(topology, pool).map((name, place) => [name, place]))]),
  );
  return (pool, node) => {
    const place = pool && takers.get(pool)?.get(node);
    return pool === undefined || place === undefined ? undefined : nthBlock(pool.cidr, pool.blockSize, place);
  };
}

function allocateNode(topology: Topology, families: readonly Family[], node: string, blockOf: BlockOf): NodeAllocation {
  const kinds = topology.pools.some(({ encapsulation }) => encapsulation !== undefined)
    ? (["IPIP", "VXLAN"] as const)
    : [];
  const tunnel = (family: Family, kind?: "IPIP" | "VXLAN"): NodeAllocation["tunnels"] => {
    const block = blockOf(tunnelPoolOf(topology, node, family, kind), node);
    return block === undefined
      ? []
      : [{ family, ...(kind === undefined ? {} : { kind }), address: hostAddress(block, 0) }];
  };
  return {
    node,
    blocks: perFamily(families, (family) => {
      const blocks = blockPoolsOf(topology, node, family).flatMap((pool) => blockOf(pool, node) ?? []);
      return blocks.length === 0 ? undefined : blocks;
    }),
    tunnels: families.flatMap((family) =>
      kinds.length === 0 ? tunnel(family) : kinds.flatMap((kind) => tunnel(family, kind)),
    ),
  };
}

function allocatePods(
  topology: Topology,
  families: readonly Family[],
  { name: node, pods }: TopologyNode,
  blockOf: BlockOf,
): readonly PodAllocation[] {
  const taken = new Map<string, number>();
  return Array.from({ length: pods }, (_, index) => {
    const pod = podName(node, index);
    const addresses = perFamily(families, (family) => {
      const block = blockOf(poolOfPod(topology, node, pod, family), node);
      if (block === undefined) return undefined;
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
  backend: string,
  index: number,
): ServiceAllocation {
  const clusterIps = nthOf(topology.services, families, firstServiceNumber + index);
  return { service: backend, backend, clusterIps, ...servicePort };
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

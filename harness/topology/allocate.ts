import { createHash } from "node:crypto";
import { hostAddress, nthBlock } from "./address.ts";
import { perFamily } from "./fill-topology.ts";
import { poolOf, takersOf } from "./pool-of.ts";
import type { Allocation, NodeAllocation, PodAllocation, ServiceAllocation } from "./plan.ts";
import type { Family, PerFamily, Topology } from "./topology.ts";

/** Number of the first ClusterIP: below it Kubernetes keeps its own (1 for the API, 10 for DNS by custom). */
export const firstServiceNumber = 11;

/** Port of each Service, and the one its backend listens on: unequal, so that a missing translation shows. */
const servicePort = { port: 80, targetPort: 8080 } as const;

/**
 * Addresses as Calico's IPAM gives them out in an empty cluster: the nth node of a pool takes its nth block, its tunnel the
 * block's first address, its pods those that follow.
 */
export function allocate(topology: Topology, families: readonly Family[]): Allocation {
  const nodes = topology.nodes.map((node) => allocateNode(topology, families, node.name));
  const pods = topology.nodes.flatMap((node, index) =>
    Array.from({ length: node.pods }, (_, pod) => allocatePod(node.name, pod, nodes[index]?.blocks ?? {}, families)),
  );
  const services = pods.map((pod, index) => allocateService(topology, families, pod.pod, index));
  return { nodes, pods, services };
}

function allocateNode(topology: Topology, families: readonly Family[], node: string): NodeAllocation {
  const blocks = perFamily(families, (family) => {
    const pool = poolOf(topology, node, family);
    return pool && nthBlock(pool.cidr, pool.blockSize, takersOf(topology, pool).indexOf(node));
  });
  return { node, blocks, tunnelAddresses: nthOf(blocks, families, 0) };
}

function allocatePod(
  node: string,
  index: number,
  blocks: PerFamily<string>,
  families: readonly Family[],
): PodAllocation {
  const pod = `${node}-p${index + 1}`;
  return { pod, node, addresses: nthOf(blocks, families, index + 1), hostDevice: hostDeviceOf(pod) };
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

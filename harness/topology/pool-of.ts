import type { Family, Pool, PoolUse, Topology } from "./topology.ts";

/** What Calico lets addresses be taken for unless a pool says otherwise (IPPool.spec.allowedUses). */
const usualUses: readonly PoolUse[] = ["Workload", "Tunnel"];

/** The pool of a family that a node takes its pods' addresses from: the one that names it, otherwise the one that names nobody. */
export function poolOf({ pools }: Pick<Topology, "pools">, node: string, family: Family): Pool | undefined {
  const own = pools.filter((pool) => pool.family === family && pool.pods === undefined && serves(pool, "Workload"));
  return own.find(({ takers }) => takers?.includes(node) === true) ?? own.find(({ takers }) => takers === undefined);
}

/** The pool that a pod takes its address from: the one that names the pod, otherwise its node's. */
export function poolOfPod(
  topology: Pick<Topology, "pools">,
  node: string,
  pod: string,
  family: Family,
): Pool | undefined {
  const named = topology.pools.find((pool) => pool.family === family && pool.pods?.includes(pod) === true);
  return named ?? poolOf(topology, node, family);
}

/**
 * Whether Calico takes what a pool holds for pods' own, to which natOutgoing does not apply: disabled pools too, but none for load
 * balancers alone (felix masq_mgr.go since #12769, v3.32.1).
 */
export function holdsPods({ allowedUses = usualUses }: Pool): boolean {
  return allowedUses.some((use) => use !== "LoadBalancer");
}

/** Whether addresses may be taken from a pool for a use. */
export function serves({ disabled, allowedUses = usualUses }: Pool, use: PoolUse): boolean {
  return disabled !== true && allowedUses.includes(use);
}

/**
 * The pool that a node's tunnel takes its address from: with a mode for each pool one that is in a mode of the tunnel's ("IPIP",
 * "VXLAN"), otherwise the one of its pods. A pool that only pods name is open to the tunnels of all nodes.
 */
export function tunnelPoolOf(
  topology: Pick<Topology, "pools">,
  node: string,
  family: Family,
  kind?: "IPIP" | "VXLAN",
): Pool | undefined {
  const usual = poolOf(topology, node, family);
  const fits = (pool: Pool): boolean =>
    serves(pool, "Tunnel") && (kind === undefined || pool.encapsulation?.startsWith(kind) === true);
  if (usual !== undefined && fits(usual)) return usual;
  return topology.pools.find(
    (pool) => pool.family === family && pool !== usual && fits(pool) && selects(topology, pool, node),
  );
}

/** Whether a pool is a node's to take from (IPPool.spec.nodeSelector). */
export function selects(topology: Pick<Topology, "pools">, pool: Pool, node: string): boolean {
  if (pool.takers !== undefined) return pool.takers.includes(node);
  return pool.pods !== undefined || !serves(pool, "Workload") || poolOf(topology, node, pool.family) === pool;
}

/** The pools in which a node has blocks, in the topology's order: those of its pods and of its tunnels. */
export function blockPoolsOf(
  topology: Pick<Topology, "pools" | "nodes">,
  node: string,
  family: Family,
): readonly Pool[] {
  const { pools, nodes } = topology;
  const count = nodes.find(({ name }) => name === node)?.pods ?? 0;
  const byName = pools.some(({ pods }) => pods !== undefined);
  const names = byName ? Array.from({ length: count }, (_, pod) => podName(node, pod)) : [];
  const kinds = pools.some(({ encapsulation }) => encapsulation !== undefined)
    ? (["IPIP", "VXLAN"] as const)
    : [undefined];
  const used = new Set([
    poolOf(topology, node, family),
    ...names.map((pod) => poolOfPod(topology, node, pod, family)),
    ...kinds.map((kind) => tunnelPoolOf(topology, node, family, kind)),
  ]);
  return pools.filter((pool) => used.has(pool));
}

/** The nodes that have blocks in a pool, in the topology's order. */
export function takersOf(topology: Pick<Topology, "pools" | "nodes">, pool: Pool): readonly string[] {
  return topology.nodes
    .map(({ name }) => name)
    .filter((name) => blockPoolsOf(topology, name, pool.family).includes(pool));
}

/** Name of a node's nth pod, from 0. */
export function podName(node: string, index: number): string {
  return `${node}-p${index + 1}`;
}

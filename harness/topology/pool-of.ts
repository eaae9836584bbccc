import type { Family, Pool, Topology } from "./topology.ts";

/** The pool of a family that a node takes its addresses from: the one that names it, otherwise the one that names nobody. */
export function poolOf({ pools }: Pick<Topology, "pools">, node: string, family: Family): Pool | undefined {
  const own = pools.filter((pool) => pool.family === family);
  return own.find(({ takers }) => takers?.includes(node) === true) ?? own.find(({ takers }) => takers === undefined);
}

/** The nodes that take from a pool, in the topology's order. */
export function takersOf(topology: Pick<Topology, "pools" | "nodes">, pool: Pool): readonly string[] {
  return topology.nodes.map(({ name }) => name).filter((name) => poolOf(topology, name, pool.family) === pool);
}

import type { ValueProblem } from "../core/yaml/value-problem.ts";
import { selects, serves, tunnelPoolOf } from "./pool-of.ts";
import type { Pool, Topology } from "./topology.ts";

/** Modes of pools: all pools have one or none has, Calico can do it, and every node has a tunnel address for each. */
export function checkPoolModes(topology: Topology): readonly ValueProblem[] {
  const pools = topology.pools.map((pool, index) => ({ pool, index }));
  return [
    ...pools.flatMap(({ pool, index }) => contradictions(pool).map((message) => ({ path: ["pools", index], message }))),
    ...silentPools(pools),
    ...tunnelless(topology),
  ];
}

function contradictions({ family, encapsulation, policy, disabled, takers, pods }: Pool): readonly string[] {
  const both = encapsulation !== undefined && policy !== undefined;
  const ipip6 = family === 6 && encapsulation?.startsWith("IPIP") === true;
  const taken = disabled === true && (takers ?? pods) !== undefined;
  return [
    ...(both ? ["encapsulation says when, too: leave policy out"] : []),
    ...(ipip6 ? ["Calico has no IPIP for IPv6: give VXLAN, VXLANCrossSubnet or None"] : []),
    ...(taken ? ["nobody takes from a disabled pool: leave racks, nodes and pods out"] : []),
  ];
}

/** Where one pool says its own mode, nobody else could say the others'. */
function silentPools(pools: readonly { readonly pool: Pool; readonly index: number }[]): readonly ValueProblem[] {
  if (!pools.some(({ pool }) => pool.encapsulation !== undefined)) return [];
  return pools
    .filter(({ pool }) => pool.encapsulation === undefined && pool.disabled !== true)
    .map(({ pool: { cidr }, index }) => ({
      path: ["pools", index, "cidr"],
      message: `${cidr} says no encapsulation, though others do: give every pool one, or none`,
    }));
}

/**
 * Calico gives a node a tunnel address from an enabled pool that has the encapsulation, allows Tunnel and selects the node
 * (node/pkg/allocateip). A node without one has no VTEP, and reaches no pod that is behind others'.
 */
function tunnelless(topology: Topology): readonly ValueProblem[] {
  const own = topology.pools.some(({ encapsulation }) => encapsulation !== undefined);
  return topology.families.flatMap((family) => {
    const pools = topology.pools.filter((pool) => pool.family === family && serves(pool, "Workload"));
    const kinds = own
      ? (["IPIP", "VXLAN"] as const).filter((kind) =>
          pools.some(({ encapsulation }) => encapsulation?.startsWith(kind)),
        )
      : [undefined];
    return kinds.flatMap((kind) => {
      const names = topology.nodes
        .map(({ name }) => name)
        .filter((name) => pools.some((pool) => selects(topology, pool, name)))
        .filter((name) => tunnelPoolOf(topology, name, family, kind) === undefined);
      if (names.length === 0) return [];
      const what = kind === undefined ? `IPv${family} pool` : `IPv${family} pool with ${kind}`;
      const message = `no ${what} has a tunnel address for ${names.join(", ")}: let one select them, and allow Tunnel`;
      return [{ path: ["pools"], message }];
    });
  });
}

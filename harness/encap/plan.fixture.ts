import { loadTopology } from "../topology/load.ts";
import { planTopology } from "../topology/make-plan.ts";
import type { Plan } from "../topology/plan.ts";
import type { Pool, Topology, TopologyNode } from "../topology/topology.ts";
import { enumeratePaths } from "./enumerate.ts";
import { expectPath } from "./expect.ts";
import type { PathExpectation } from "./expectation.ts";
import { modes, poolsMode, type Mode, type ModeId } from "./mode.ts";
import { identitiesFromAllocation } from "./planned-identities.ts";

/** For tests only: the plan of a topology that comes with the project. */
export async function planOf(name: string): Promise<Plan> {
  return planTopology(await loadTopology(name));
}

/** For tests only: the plan of a topology with some of its nodes changed. */
export async function planWith(name: string, change: (node: TopologyNode) => Partial<TopologyNode>): Promise<Plan> {
  const topology = await loadTopology(name);
  const nodes = topology.nodes.map((node) => ({ ...node, ...change(node) }));
  return planTopology({ ...topology, nodes } satisfies Topology);
}

/** For tests only: one router, two racks, this many nodes in each. */
export async function largePlan(nodesPerRack: number): Promise<Plan> {
  const topology = await loadTopology("two-racks");
  const nodes = ["a", "b"].flatMap((rack, index) =>
    Array.from({ length: nodesPerRack }, (_, number): TopologyNode => {
      const cidr = `198.18.${index + 1}.${number + 11}/24`;
      const subnet = `rack-${rack}`;
      return { name: `${rack}${number + 1}`, subnet, addresses: { 4: cidr }, registered: { 4: cidr }, pods: 2 };
    }),
  );
  return planTopology({ ...topology, nodes });
}

/** For tests only: the plan of a topology with other pools. */
export async function planWithPools(name: string, pools: readonly Pool[], more: Partial<Topology> = {}): Promise<Plan> {
  return planTopology({ ...(await loadTopology(name)), ...more, pools });
}

/** For tests only: the mode with this id. */
export function modeOf(id: ModeId): Mode {
  const mode = [...modes, poolsMode].find((candidate) => candidate.id === id);
  if (mode === undefined) throw new RangeError(id);
  return mode;
}

/** For tests only: the expectation of a path, named by its id (`vxlan-always/pod-to-pod/same-node/v4/a1->a1`). */
export function expectationOf(plan: Plan, id: string): PathExpectation {
  const mode = modeOf(id.split("/")[0] as ModeId);
  const path = enumeratePaths(plan, mode, "full").find((candidate) => candidate.id === id);
  if (path === undefined) throw new RangeError(`no path ${id}`);
  return expectPath(plan, mode, identitiesFromAllocation(plan, mode), path);
}

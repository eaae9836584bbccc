import type { Mode } from "../../encap/mode.ts";
import { planTopology } from "../../topology/make-plan.ts";
import type { Plan } from "../../topology/plan.ts";
import type { Family } from "../../topology/topology.ts";
import type { ClusterAccess } from "../../kubernetes/access.ts";
import { configuredMode, readPools } from "../../kubernetes/ip-pools.ts";
import { readNodes, type ClusterNode } from "../../kubernetes/node-object.ts";
import { UsageError } from "../../core/errors.ts";
import { discoverTopology, lonelyNodes } from "../../kubernetes/discover-topology.ts";

/** What a cluster is, before anything is made in it. */
export interface DiscoveredCluster {
  readonly plan: Plan;
  /** The mode that its pools are configured for now. */
  readonly mode: Mode;
  /** What the user should know and no check says. */
  readonly notices: readonly string[];
}

/** Reads the plan of an existing cluster from what Calico has registered, and the mode that is configured. */
export async function discoverPlan(
  access: ClusterAccess,
  families: readonly Family[] | undefined,
  wanted?: readonly string[],
): Promise<DiscoveredCluster> {
  const [{ pools }, all] = await Promise.all([readPools(access), readNodes(access)]);
  const nodes = wanted === undefined ? all : chosenNodes(all, wanted);
  const mode = configuredMode(pools, access.name);
  const topology = discoverTopology(access.name.replace(/^cluster (of )?/, ""), nodes, pools);
  const lonely = lonelyNodes(nodes);
  const notices = lonely.map((what) => `${what}: no peer is in its subnet, so CrossSubnet encapsulates everything`);
  return { plan: planTopology(topology, families), mode, notices };
}

/** The named nodes; UsageError where the cluster has no such node. */
function chosenNodes(all: readonly ClusterNode[], wanted: readonly string[]): readonly ClusterNode[] {
  const unknown = wanted.find((name) => !all.some((node) => node.name === name));
  if (unknown === undefined) return all.filter(({ name }) => wanted.includes(name));
  throw new UsageError(`the cluster has no node ${unknown}`, {
    fix: `--nodes takes names as the cluster has them: ${all.map(({ name }) => name).join(", ")}`,
  });
}

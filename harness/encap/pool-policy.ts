import { poolOf } from "../topology/pool-of.ts";
import { perFamily } from "../topology/fill-topology.ts";
import type { Plan } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";
import type { NodeIdentity } from "./identity.ts";
import type { Mode, Policy } from "./mode.ts";

/** What a node's pools say for themselves. */
export function poolWordsOf(plan: Plan, node: string): Pick<NodeIdentity, "policies" | "keepsSource"> {
  const policies = perFamily(plan.families, (family) => poolOf(plan.topology, node, family)?.policy);
  const keepsSource = plan.families.filter((family) => poolOf(plan.topology, node, family)?.natOutgoing === false);
  return {
    ...(Object.keys(policies).length === 0 ? {} : { policies }),
    ...(keepsSource.length === 0 ? {} : { keepsSource }),
  };
}

/** When packets to a node's blocks are encapsulated: the pool of the destination decides, whoever sends. */
export function policyToward(mode: Mode, { policies }: Pick<NodeIdentity, "policies">, family: Family): Policy {
  return mode.encapsulation === "none" ? mode.policy : (policies?.[family] ?? mode.policy);
}

import type { Plan } from "../topology/plan.ts";
import type { Problem } from "./lab.ts";
import { otherProviders } from "./other-providers.ts";

/** Why a provider whose nodes have one wire each cannot build a plan. */
export function uplinkProblems({ nodes, topology }: Plan): readonly Problem[] {
  const several = nodes.filter(({ others = [] }) => others.length > 0).map(({ name }) => name);
  if (several.length === 0) return [];
  const what = `${several.join(", ")} of ${topology.name} have further devices (networks), and nodes of this provider have an uplink alone`;
  return [{ what, fix: `use another topology, or ${otherProviders}` }];
}

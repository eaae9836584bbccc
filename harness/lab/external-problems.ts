import type { Plan } from "../topology/plan.ts";
import { otherProviders } from "./other-providers.ts";
import type { Problem } from "./lab.ts";

/** Why a provider that makes nodes alone, or finds them, cannot build a plan. */
export function externalProblems({ external = [], topology }: Plan): readonly Problem[] {
  if (external.length === 0) return [];
  const names = external.map(({ name }) => name).join(", ");
  const what = `${topology.name} has hosts outside of the cluster (${names}), which this provider does not make`;
  return [{ what, fix: `use another topology, or ${otherProviders}` }];
}

import type { Plan } from "../topology/plan.ts";

/** Why a fault of what goes out of the cluster means nothing in a plan. */
export function noHostsOutside({ external = [] }: Plan): string | undefined {
  return external.length === 0 ? "the topology has no hosts outside of the cluster (external)" : undefined;
}

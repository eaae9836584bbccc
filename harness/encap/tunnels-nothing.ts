import type { Plan } from "../topology/plan.ts";
import { localityOf } from "./locality-of.ts";
import type { Mode } from "./mode.ts";

/** Whether a mode that encapsulates between subnets finds no two nodes in different ones, so that every packet stays plain. */
export function tunnelsNothing(mode: Pick<Mode, "policy">, { nodes }: Pick<Plan, "nodes">): boolean {
  return (
    mode.policy === "CrossSubnet" && nodes.every((from) => nodes.every((to) => localityOf(from, to) !== "cross-subnet"))
  );
}

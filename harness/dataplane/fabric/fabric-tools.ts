import type { Plan } from "../../topology/plan.ts";

/** Programs that the routers of a plan need for its fabric, where they use this host's. */
export function fabricTools({ topology }: Plan): readonly string[] {
  return topology.fabric === "bgp" ? ["bird"] : [];
}

import type { PlannedNode } from "../topology/plan.ts";
import type { Locality } from "./path.ts";

/** Where one node is from another. */
export function localityOf(source: PlannedNode, target: PlannedNode): Locality {
  if (source.name === target.name) return "same-node";
  return source.uplink.segment === target.uplink.segment ? "same-subnet" : "cross-subnet";
}

import type { Plan } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";
import type { Mode } from "./mode.ts";
import { encapsulationOf } from "./tunnel.ts";

/**
 * Why the routers do not know the blocks of pods in a mode; undefined where they do. By BGP they learn what Calico's BIRD
 * exports, which leaves out VXLAN pools (their routes are Felix's own, and no BIRD need run: calico-facts 2.4).
 */
export function blocksUnknownBecause(plan: Plan, mode: Mode, family: Family): string | undefined {
  const { fabric } = plan.topology;
  if (fabric === "static") return undefined;
  if (fabric === "none") return "fabric: none";
  return encapsulationOf(mode, family) === "vxlan" ? "fabric: bgp, which learns nothing of VXLAN pools" : undefined;
}

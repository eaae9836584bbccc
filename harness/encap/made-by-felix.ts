import type { Plan } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";
import type { PoolMode } from "./mode.ts";
import { encapsulationOf } from "./tunnel.ts";

/**
 * Whether Felix makes a family's routes to other nodes' pods, so that direct ones take the node itself for the next hop, wherever it is
 * (`onlink`; felix/dataplane/linux/route_mgr.go noEncapRoute): always with VXLAN, otherwise where it is declared. BIRD's take the gateway.
 */
export function madeByFelix({ topology }: Plan, mode: PoolMode, family: Family): boolean {
  return encapsulationOf(mode, family) === "vxlan" || topology.routeOwner === "felix";
}

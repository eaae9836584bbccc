import type { PlannedRouter, Plan } from "./plan.ts";
import type { Topology } from "./topology.ts";

/** Calico's default (BGPConfiguration.spec.asNumber), which all of a lab is in where no rack has one of its own. */
export const defaultAs = 64512;

/** Autonomous system of the nodes of a rack. */
export function asOfRack({ subnets }: Pick<Topology, "subnets">, rack: string): number {
  return subnets.find(({ name }) => name === rack)?.as ?? defaultAs;
}

/** Autonomous system of a router: that of the racks that it has a port in. */
export function asOfRouter({ topology }: Pick<Plan, "topology">, { ports }: Pick<PlannedRouter, "ports">): number {
  const own = ports.flatMap(({ segment }) => topology.subnets.find(({ name }) => name === segment)?.as ?? []);
  return own[0] ?? defaultAs;
}

/** Whether some rack is in an autonomous system of its own. */
export function hasOwnAs({ subnets }: Pick<Topology, "subnets">): boolean {
  return subnets.some(({ as }) => as !== undefined);
}

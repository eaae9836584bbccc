import { oneOf } from "../core/flags.ts";
import type { Plan } from "../topology/plan.ts";
import { routeOwners, type RouteOwner } from "../topology/topology.ts";

/** The flag of dataplanes in which it can be said who makes the routes to pods. */
export const routeOwnerFlag = oneOf(
  "name",
  routeOwners,
  "who makes the routes to pods with IPIP and without encapsulation (programClusterRoutes; default: Calico's own choice)",
);

const names: Readonly<Record<RouteOwner, string>> = { felix: "Felix", bird: "BIRD" };

/** ", routes by Felix": what a title says where it is declared who makes the routes. */
export function ownerWords({ topology: { routeOwner } }: Plan): string {
  return routeOwner === undefined ? "" : `, routes by ${names[routeOwner]}`;
}

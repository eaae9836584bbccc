import { groupBy } from "../core/group-by.ts";
import type { NodeFacts, RouteFact } from "../dataplane/dataplane.ts";
import type { ExpectedNodeState, ExpectedRoute } from "../encap/control-plane.ts";
import { contains, isCidr } from "../topology/address.ts";
import { destinationOf, type Destination } from "../topology/destination.ts";
import type { Family } from "../topology/topology.ts";
import { expectedRouteInWords, routeInWords } from "./route-words.ts";
import { isSameAddress } from "../topology/same-address.ts";

/** One sentence for each route that is missing, different, there twice, or leads to a block by another way. */
export function routeTroubles(expected: ExpectedNodeState, facts: NodeFacts): readonly string[] {
  const there = groupBy(facts.routes, keyOf);
  const known = new Set(expected.routes.map(keyOf));
  return [
    ...expected.routes.flatMap((route) => troubleOf(route, there.get(keyOf(route)) ?? [])),
    ...facts.routes
      .filter((fact) => isStray(fact, expected, known))
      .map((fact) => `unexpected route ${routeInWords(fact)}`),
  ];
}

/** What a route is found by: many nodes have many routes each, and comparing every one with every other takes minutes. */
type RouteKey = `${Family} ${Destination}`;

function keyOf({ family, destination }: { readonly family: Family; readonly destination: string }): RouteKey {
  return `${family} ${destinationOf(destination)}`;
}

function troubleOf(expected: ExpectedRoute, there: readonly RouteFact[]): readonly string[] {
  const want = `${expectedRouteInWords(expected)} (${expected.purpose})`;
  if (there.length === 0) return [`no route ${want}`];
  // The first is the one the kernel uses: ip(8) lists routes to one destination by metric.
  const wrong = there.filter((fact) => !agrees(expected, fact));
  return wrong.map((fact) => `route ${routeInWords(fact)}, not ${want}`);
}

function agrees(expected: ExpectedRoute, fact: RouteFact): boolean {
  const sameVia =
    expected.via === undefined
      ? fact.via === undefined
      : fact.via !== undefined && isSameAddress(expected.via, fact.via);
  return (
    sameVia &&
    fact.type === expected.type &&
    fact.device === expected.device &&
    expected.protocols.includes(fact.protocol) &&
    (expected.onlink === undefined || fact.onlink === expected.onlink) &&
    (expected.mtu === undefined || fact.mtu === undefined || fact.mtu === expected.mtu)
  );
}

/**
 * A route inside a block of pods that nobody asked for takes packets another way: a /32 by a stale tunnel, say. A route
 * to a VTEP's own address on its device is legal (borrowed or /32 tunnel blocks, calico-facts 2.4).
 */
function isStray(fact: RouteFact, expected: ExpectedNodeState, known: ReadonlySet<RouteKey>): boolean {
  // The kernel makes these from addresses of devices, which are judged by themselves.
  if (fact.protocol === "kernel") return false;
  if (fact.device !== undefined && expected.idleDevices.includes(fact.device))
    return !fact.destination.startsWith("fe80:");
  if (known.has(keyOf(fact))) return false;
  const within = expected.routes.some(({ destination }) => isCidr(destination) && isInside(destination, fact));
  if (!within) return false;
  const destination = destinationOf(fact.destination);
  const vtep = expected.neighbors.some(
    ({ address, device }) => device === fact.device && isSameAddress(address, destination),
  );
  return !vtep && !isStrangersPod(fact, expected);
}

/** The route of a pod that is not the lab's, on the node that the pod's block belongs to. */
function isStrangersPod(fact: RouteFact, { shared }: ExpectedNodeState): boolean {
  const single = !destinationOf(fact.destination).includes("/");
  const toPod = fact.device?.startsWith("cali") === true && fact.via === undefined;
  return single && toPod && shared.some((block) => isInside(block, fact));
}

function isInside(block: string, { destination }: RouteFact): boolean {
  return /^[0-9a-f.:]+(\/\d+)?$/i.test(destination) && contains(block, destination);
}

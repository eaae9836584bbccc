import { groupBy } from "../core/group-by.ts";
import type { NodeFacts, RouteFact } from "../dataplane/node-facts.ts";
import type { ExpectedNodeState, ExpectedRoute } from "../encap/control-plane.ts";
import { contains, isCidr } from "../topology/address.ts";
import { destinationOf, type Destination } from "../topology/destination.ts";
import type { Family } from "../topology/topology.ts";
import { expectedRouteInWords, routeInWords } from "./route-words.ts";
import { isSameAddress } from "../topology/same-address.ts";
import type { Trouble } from "./trouble.ts";

/** What is wrong with the main table: routes that are missing, different, there twice, or lead to a block by another way. */
export function routeTroubles(expected: ExpectedNodeState, facts: NodeFacts): readonly Trouble[] {
  const there = groupBy(facts.routes, keyOf);
  const known = new Set(expected.routes.map(keyOf));
  return [
    ...expected.routes.flatMap((route) => troublesOf(route, there.get(keyOf(route)) ?? [])),
    ...facts.routes
      .filter((fact) => isStray(fact, expected, known))
      .map((route): Trouble => {
        const peer = blockOf(route, expected)?.peer;
        const text = `unexpected route ${routeInWords(route)}`;
        return { kind: "stray route", text, route, ...(peer === undefined ? {} : { peer }) };
      }),
  ];
}

/** What a route is found by: many nodes have many routes each, and comparing every one with every other takes minutes. */
type RouteKey = `${Family} ${Destination}`;

function keyOf({ family, destination }: { readonly family: Family; readonly destination: string }): RouteKey {
  return `${family} ${destinationOf(destination)}`;
}

function troublesOf(expected: ExpectedRoute, there: readonly RouteFact[]): readonly Trouble[] {
  const want = `${expectedRouteInWords(expected)} (${expected.purpose})`;
  const about = { expected, ...(expected.peer === undefined ? {} : { peer: expected.peer }) };
  if (there.length === 0) return [{ kind: "missing route", text: `no route ${want}`, ...about }];
  // One of a higher metric is not used while the right one is there, and takes over when that goes.
  const wrong = there.filter((fact) => !agrees(expected, fact));
  return wrong.map((route) => ({
    kind: "wrong route",
    text: `route ${routeInWords(route)}, not ${want}`,
    route,
    ...about,
  }));
}

function agrees(expected: ExpectedRoute, fact: RouteFact): boolean {
  return (
    goesBy(expected, fact) &&
    fact.type === expected.type &&
    expected.protocols.includes(fact.protocol) &&
    (expected.onlink === undefined || fact.onlink === expected.onlink) &&
    (expected.mtu === undefined || fact.mtu === undefined || fact.mtu === expected.mtu) &&
    fact.more === undefined
  );
}

/** Next hop and device; several next hops are never what Calico makes. */
function goesBy(expected: ExpectedRoute, { via, device, hops }: RouteFact): boolean {
  const sameVia =
    expected.via === undefined ? via === undefined : via !== undefined && isSameAddress(expected.via, via);
  return sameVia && device === expected.device && hops === undefined;
}

/**
 * A route inside a block of pods that nobody asked for takes packets another way: a /32 by a stale tunnel, say. A route
 * to a VTEP's own address on its device is legal (borrowed or /32 tunnel blocks), and so is one to a single pod that
 * goes the way of a node's blocks: the pod is there, with an address borrowed from another node's block. One past the
 * tunnel to a VTEP's address is not (#12180).
 */
function isStray(fact: RouteFact, expected: ExpectedNodeState, known: ReadonlySet<RouteKey>): boolean {
  // The kernel makes these from addresses of devices, which are judged by themselves.
  if (fact.protocol === "kernel") return false;
  if (fact.device !== undefined && expected.idleDevices.includes(fact.device))
    return !fact.destination.startsWith("fe80:");
  if (known.has(keyOf(fact))) return false;
  if (blockOf(fact, expected) === undefined) return false;
  const destination = destinationOf(fact.destination);
  const vtep = expected.neighbors.some(
    ({ address, device }) => device === fact.device && isSameAddress(address, destination),
  );
  return !vtep && !isStrangersPod(fact, expected) && !isBorrowed(fact, expected);
}

function blockOf(fact: RouteFact, { routes }: ExpectedNodeState): ExpectedRoute | undefined {
  return routes.find(({ destination }) => isCidr(destination) && isInside(destination, fact));
}

/** The route of a pod that is not the lab's, on the node that the pod's block belongs to. */
function isStrangersPod(fact: RouteFact, { shared }: ExpectedNodeState): boolean {
  const single = !destinationOf(fact.destination).includes("/");
  const toPod = fact.device?.startsWith("cali") === true && fact.via === undefined;
  return single && toPod && shared.some((block) => isInside(block, fact));
}

function isBorrowed(fact: RouteFact, { routes, neighbors, pods = [] }: ExpectedNodeState): boolean {
  const destination = destinationOf(fact.destination);
  if (destination.includes("/")) return false;
  // A tunnel's own address is no pod's: only the tunnel leads to it, and its block does.
  if (neighbors.some(({ address }) => isSameAddress(address, destination))) return false;
  const owner = pods.find((pod) => isSameAddress(pod.address, destination))?.node;
  return routes.some(
    (route) =>
      route.peer !== undefined &&
      route.family === fact.family &&
      (owner === undefined || owner === route.peer) &&
      goesBy(route, fact) &&
      route.protocols.includes(fact.protocol),
  );
}

function isInside(block: string, { destination }: RouteFact): boolean {
  return /^[0-9a-f.:]+(\/\d+)?$/i.test(destination) && contains(block, destination);
}

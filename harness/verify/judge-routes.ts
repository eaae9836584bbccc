import type { NodeFacts, RouteFact } from "../dataplane/dataplane.ts";
import type { ExpectedNodeState, ExpectedRoute } from "../encap/control-plane.ts";
import { contains, isCidr } from "../topology/address.ts";
import { expectedRouteInWords, routeInWords } from "./route-words.ts";
import { isSameAddress } from "./same-address.ts";

/** One sentence for each route that is missing, different, there twice, or leads to a block by another way. */
export function routeTroubles(expected: ExpectedNodeState, facts: NodeFacts): readonly string[] {
  return [
    ...expected.routes.flatMap((route) => troubleOf(route, facts.routes)),
    ...facts.routes.filter((fact) => isStray(fact, expected)).map((fact) => `unexpected route ${routeInWords(fact)}`),
  ];
}

function troubleOf(expected: ExpectedRoute, facts: readonly RouteFact[]): readonly string[] {
  const there = facts.filter((fact) => fact.family === expected.family && isSameDestination(fact, expected));
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
function isStray(fact: RouteFact, expected: ExpectedNodeState): boolean {
  // The kernel makes these from addresses of devices, which are judged by themselves.
  if (fact.protocol === "kernel") return false;
  if (fact.device !== undefined && expected.idleDevices.includes(fact.device))
    return !fact.destination.startsWith("fe80:");
  const within = expected.routes.some(({ destination }) => isCidr(destination) && isInside(destination, fact));
  const known = expected.routes.some((route) => isSameDestination(fact, route));
  const vtep = expected.neighbors.some(
    ({ address, device }) => device === fact.device && isSameAddress(address, withoutHostPrefix(fact.destination)),
  );
  return within && !known && !vtep && !isStrangersPod(fact, expected);
}

/** The route of a pod that is not the lab's, on the node that the pod's block belongs to. */
function isStrangersPod(fact: RouteFact, { shared }: ExpectedNodeState): boolean {
  const single = !withoutHostPrefix(fact.destination).includes("/");
  const toPod = fact.device?.startsWith("cali") === true && fact.via === undefined;
  return single && toPod && shared.some((block) => isInside(block, fact));
}

function isInside(block: string, { destination }: RouteFact): boolean {
  return /^[0-9a-f.:]+(\/\d+)?$/i.test(destination) && contains(block, destination);
}

function isSameDestination(fact: RouteFact, route: ExpectedRoute): boolean {
  const [address = "", prefix] = withoutHostPrefix(fact.destination).split("/");
  const [wanted = "", wantedPrefix] = withoutHostPrefix(route.destination).split("/");
  return prefix === wantedPrefix && isSameAddress(address, wanted);
}

/** ip(8) leaves the prefix of single hosts out. */
function withoutHostPrefix(destination: string): string {
  return destination.replace(destination.includes(":") ? /\/128$/ : /\/32$/, "");
}

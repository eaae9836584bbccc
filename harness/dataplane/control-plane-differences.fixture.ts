import type { ExpectedNodeState, ExpectedRoute } from "../encap/control-plane.ts";
import type { NodeFacts, RouteFact } from "./node-facts.ts";

/** What a node's facts lack of, or have beside, the oracle's expectation; for the contract's tests, one line each. */
export function controlPlaneDifferences(expected: ExpectedNodeState, facts: NodeFacts): readonly string[] {
  return [
    ...routeDifferences(expected, facts),
    ...tunnelDifferences(expected, facts),
    ...peerDifferences(expected, facts),
  ];
}

function routeDifferences({ routes }: ExpectedNodeState, facts: NodeFacts): readonly string[] {
  return routes.flatMap((route) => {
    const there = facts.routes.filter(({ destination }) => destination === route.destination);
    const [only] = there;
    if (there.length !== 1 || only === undefined) return [`${there.length} routes to ${route.destination}`];
    return agrees(route, only) ? [] : [`route ${JSON.stringify(only)} instead of ${JSON.stringify(route)}`];
  });
}

function agrees(route: ExpectedRoute, fact: RouteFact): boolean {
  return (
    fact.family === route.family &&
    fact.type === route.type &&
    fact.via === route.via &&
    fact.device === route.device &&
    (route.onlink === undefined || fact.onlink === route.onlink) &&
    (fact.mtu === undefined || fact.mtu === route.mtu) &&
    route.protocols.includes(fact.protocol)
  );
}

function tunnelDifferences({ tunnels, idleDevices }: ExpectedNodeState, { links }: NodeFacts): readonly string[] {
  const bad = tunnels.filter(({ device, kind, mtu, address, vxlan }) => {
    const link = links.find((candidate) => candidate.device === device);
    const base = link?.up === true && link.kind === kind && link.mtu === mtu && link.addresses.includes(address);
    const right =
      vxlan === undefined ||
      (link?.mac === vxlan.mac &&
        link.vxlan?.vni === vxlan.vni &&
        link.vxlan.port === vxlan.port &&
        link.vxlan.local === vxlan.local &&
        !link.vxlan.learning);
    return !(base && right);
  });
  const busy = links.filter(({ device, addresses }) => idleDevices.includes(device) && addresses.length > 0);
  return [...bad.map(({ device }) => `${device} is wrong`), ...busy.map(({ device }) => `${device} is in use`)];
}

function peerDifferences(expected: ExpectedNodeState, facts: NodeFacts): readonly string[] {
  const key = (entry: { mac: string; device: string }, to: string): string => `${entry.mac} ${to} ${entry.device}`;
  const fdb = new Set(facts.fdb.map((entry) => key(entry, entry.destination)));
  const permanent = facts.neighbors.filter(({ state }) => state === "PERMANENT");
  const neighbors = new Set(permanent.map((entry) => key(entry, entry.address)));
  return [
    ...expected.fdb.map((entry) => key(entry, entry.destination)).filter((entry) => !fdb.delete(entry)),
    ...expected.neighbors.map((entry) => key(entry, entry.address)).filter((entry) => !neighbors.has(entry)),
    ...[...fdb].map((entry) => `FDB entry ${entry} too many`),
  ];
}

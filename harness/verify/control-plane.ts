import type { DataplaneFacts, NodeFacts } from "../dataplane/dataplane.ts";
import { expectControlPlane, type ExpectedNodeState } from "../encap/control-plane.ts";
import type { Mode } from "../encap/mode.ts";
import { destinationOf } from "../topology/destination.ts";
import { defineCheck } from "./check.ts";
import { routeTroubles } from "./judge-routes.ts";
import { tunnelTroubles } from "./judge-tunnels.ts";
import { expectedRouteInWords, routeInWords } from "./route-words.ts";
import type { Verdict } from "./verdict.ts";

/** The kernel of every node holds what the mode programs, and nothing that contradicts it. */
export const controlPlane = defineCheck({
  of: "network",
  name: "control-plane",
  part: "encapsulation",
  proves: "routes, tunnel devices, FDB and neighbors of every node are as the mode makes them",
  judge: ({ plan, mode, identities, facts }) =>
    judgeControlPlane(expectControlPlane(plan, mode, identities), facts, mode),
});

/** How many differences a reason spells out; all of them are evidence. */
const spelledOut = 3;

/**
 * DESIGN rule 7.8: routes, tunnel devices, FDB and neighbors of every node are as the mode makes them; one verdict per
 * node. A disagreement fails even where the wire is right.
 */
export function judgeControlPlane(
  expected: readonly ExpectedNodeState[],
  facts: DataplaneFacts,
  mode: Mode,
): Verdict[] {
  const byNode = new Map(facts.nodes.map((own) => [own.node, own]));
  return expected.map((state) => {
    return judgeNode(state, byNode.get(state.node), `${mode.id}/control-plane/${state.node}`);
  });
}

function judgeNode(state: ExpectedNodeState, facts: NodeFacts | undefined, id: string): Verdict {
  const base = { id, check: "control-plane", expected: expectedWords(state) } as const;
  const unread = facts === undefined || (facts.routes.length === 0 && facts.links.length === 0);
  if (unread) {
    const reason = `the kernel state of ${state.node} was not read: see that ip(8) and bridge(8) answer there`;
    return { ...base, status: "inconclusive", observed: "nothing", reason, category: "inconclusive", evidence: [] };
  }
  const troubles = [...routeTroubles(state, facts), ...tunnelTroubles(state, facts)];
  if (troubles.length === 0) {
    return { ...base, status: "pass", observed: "the same", evidence: routesOf(state, facts) };
  }
  const more = troubles.length > spelledOut ? `; and ${troubles.length - spelledOut} more` : "";
  const reason = `${state.node}: ${troubles.slice(0, spelledOut).join("; ")}${more}`;
  const observed = `${troubles.length} difference${troubles.length === 1 ? "" : "s"}`;
  const evidence = [...troubles, ...routesOf(state, facts), ...expectedRoutes(state)];
  return { ...base, status: "fail", observed, reason, category: "control plane", evidence };
}

function expectedWords({ routes, tunnels, fdb, neighbors }: ExpectedNodeState): string {
  const devices = tunnels.map(({ device, address, mtu }) => `${device} ${address} mtu ${mtu}`);
  return [
    `${routes.length} routes`,
    ...devices,
    ...(fdb.length === 0 ? [] : [`${fdb.length} FDB entries, ${neighbors.length} neighbors`]),
  ].join(", ");
}

function routesOf({ node, routes, idleDevices, tunnels }: ExpectedNodeState, facts: NodeFacts): readonly string[] {
  const devices = [...idleDevices, ...tunnels.map(({ device }) => device)];
  const wanted = new Set(routes.map(({ destination }) => destinationOf(destination)));
  const about = facts.routes.filter(
    ({ destination, device = "" }) => wanted.has(destinationOf(destination)) || devices.includes(device),
  );
  return about.map((fact) => `${node} has ${routeInWords(fact)}`);
}

function expectedRoutes({ node, routes }: ExpectedNodeState): readonly string[] {
  return routes.map((route) => `${node} must have ${expectedRouteInWords(route)} (${route.purpose})`);
}

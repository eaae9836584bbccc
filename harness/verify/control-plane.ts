import type { NodeFacts } from "../dataplane/node-facts.ts";
import type { ExpectedNodeState } from "../encap/control-plane.ts";
import type { Mode } from "../encap/mode.ts";
import { destinationOf } from "../topology/destination.ts";
import { defineCheck } from "./check.ts";
import { rulesInWords } from "./judge-rules.ts";
import { judgeNodes, type NodeJudgment } from "./node-troubles.ts";
import { expectedRouteInWords, routeInWords } from "./route-words.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Routes, rules, tunnel devices, FDB, neighbors, addresses and settings of every node are as the mode makes them; one
 * verdict per node. A disagreement fails even where the wire is right.
 */
export const controlPlane = defineCheck({
  of: "network",
  name: "control-plane",
  part: "encapsulation",
  proves: "routes, rules, tunnel devices, FDB, neighbors and settings of every node are as the mode makes them",
  judge: (networkCase) => judgeNodes(networkCase).map((judgment) => verdictOn(judgment, networkCase.mode)),
});

/** How many differences a reason spells out; all of them are evidence. */
const spelledOut = 3;

/** Lines of evidence for a node on which all is right. */
const shownOfPass = 10;

/** The verdict on one node's kernel state. */
export function verdictOn({ expected: state, facts, troubles, unreadable }: NodeJudgment, mode: Mode): Verdict {
  const id = `${mode.id}/control-plane/${state.node}`;
  const base = { id, check: "control-plane", expected: expectedWords(state) } as const;
  const unknown = { ...base, status: "inconclusive", observed: "nothing", category: "inconclusive" } as const;
  if (facts === undefined || (facts.routes.length === 0 && facts.links.length === 0)) {
    const reason = `the kernel state of ${state.node} was not read: check that ip(8) and bridge(8) work there`;
    return { ...unknown, reason, evidence: unreadableLines(unreadable) };
  }
  if (troubles.length === 0 && unreadable.length > 0) {
    const names = unreadable.map(({ what }) => what).join(" and ");
    const reason = `${names} of ${state.node} could not be read (${unreadable[0]?.because ?? ""}): check that ip(8) and bridge(8) work there`;
    return { ...unknown, observed: `${names} unreadable`, reason, evidence: unreadableLines(unreadable) };
  }
  const there = routesOf(state, facts);
  if (troubles.length === 0) {
    const left = there.length - shownOfPass;
    const evidence = [...there.slice(0, shownOfPass), ...(left > 0 ? [`and ${left} more`] : [])];
    return { ...base, status: "pass", observed: "the same", evidence };
  }
  const texts = [...new Set(troubles.map(({ text }) => text))];
  const more = texts.length > spelledOut ? `; and ${texts.length - spelledOut} more` : "";
  const reason = `${state.node}: ${texts.slice(0, spelledOut).join("; ")}${more}`;
  const observed = `${texts.length} difference${texts.length === 1 ? "" : "s"}`;
  const rules = troubles.some(({ kind }) => kind === "rule") ? ruleLines(facts) : [];
  const evidence = [...texts, ...rules, ...there, ...expectedRoutes(state), ...unreadableLines(unreadable)];
  return { ...base, status: "fail", observed, reason, category: "control plane", evidence };
}

function unreadableLines(unreadable: NodeJudgment["unreadable"]): readonly string[] {
  return unreadable.map(({ what, because }) => `${what}: unreadable, ${because}`);
}

/** The rules, and the tables that they lead to. */
function ruleLines(facts: NodeFacts): readonly string[] {
  const tables = (facts.otherTables ?? []).map((route) => `table ${route.table}: ${routeInWords(route)}`);
  return [...rulesInWords(facts), ...tables].map((line) => `${facts.node} has ${line}`);
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

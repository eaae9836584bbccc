import { LabError } from "../core/errors.ts";
import { groupBy } from "../core/group-by.ts";
import type { Scope } from "../core/scope.ts";
import { nextHop, underlayWay } from "../encap/underlay-way.ts";
import type { Executor } from "../exec/executor.ts";
import { runEverywhere, runScripts, type PlacedScript } from "../exec/run-everywhere.ts";
import type { Lab } from "../lab/lab.ts";
import { withoutPrefix } from "../topology/address.ts";
import type { Plan, PlannedNode } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";

/** A pod as its twin's routes need it. */
export interface TwinEnd {
  readonly node: string;
  /** Without prefix. */
  readonly address: string;
}

/** Where the packets to one pod go next from one node or router. */
export interface TwinRoute {
  readonly where: string;
  readonly to: string;
  readonly via: string;
  readonly device: string;
}

/** Routing table of the twin's routes, and preference of the rules that lead there: before Calico's first (WireGuard's, 99). */
const table = "198";
const preference = "98";

/**
 * Routes the packets between two pods past the tunnel, on the same wires: what encapsulation costs is the difference to these. A table
 * of their own keeps the routes out of sight of BIRD and Felix, which look after the main one. Undone with the scope.
 */
export async function routePastTunnel(
  lab: Lab,
  family: Family,
  [one, other]: readonly [TwinEnd, TwinEnd],
  scope: Scope,
): Promise<void> {
  const routes = [...twinRoutes(lab.plan, family, one, other), ...twinRoutes(lab.plan, family, other, one)];
  scope.defer(`remove the routes past the tunnel between ${one.address} and ${other.address}`, async () => {
    await runEverywhere(placed(lab, routes, (route) => ipCommands(family, "del", route).toReversed()));
  });
  await runScripts(placed(lab, routes, (route) => ipCommands(family, "add", route)));
}

function placed(
  lab: Lab,
  routes: readonly TwinRoute[],
  commandsOf: (route: TwinRoute) => readonly string[],
): readonly PlacedScript[] {
  return [...groupBy(routes, ({ where }) => where)].map(([where, own]) => ({
    executor: executorOf(lab, where),
    script: own.flatMap(commandsOf).join("\n"),
  }));
}

/** The route first, so that no packet meets a rule that leads nowhere. */
function ipCommands(family: Family, verb: "add" | "del", { to, via, device }: TwinRoute): readonly string[] {
  return [
    `ip -${family} route ${verb} ${to} via ${via} dev ${device} onlink table ${table}`,
    `ip -${family} rule ${verb} to ${to} lookup ${table} pref ${preference}`,
  ];
}

/** The routes from one pod's node to the other pod's, router by router, as plain packets between the nodes travel. */
export function twinRoutes(plan: Plan, family: Family, from: TwinEnd, to: TwinEnd): readonly TwinRoute[] {
  const [source, target] = [nodeOf(plan, from.node), nodeOf(plan, to.node)];
  const address = withoutPrefix(target.uplink.addresses[family] ?? "");
  const first = nextHop(source, family, address, false);
  const way = underlayWay(plan, family, source, target, { onlink: false });
  if (first === undefined || way.dies !== undefined)
    throw new LabError(`no way for plain packets from ${from.node} to ${to.node}: ${way.dies?.because ?? "no route"}`);
  const onRouters = way.routers.map(({ router, out = "" }, index) => {
    const next = way.routers[index + 1];
    return { where: router, device: out, via: next === undefined ? address : portAddress(plan, family, next) };
  });
  const steps = [{ where: source.name, device: source.uplink.device, via: first }, ...onRouters];
  return steps.map((step) => ({ ...step, to: to.address }));
}

function portAddress(plan: Plan, family: Family, { router, in: device }: { router: string; in: string }): string {
  const port = plan.routers.find(({ name }) => name === router)?.ports.find((one) => one.device === device);
  return withoutPrefix(port?.addresses[family] ?? "");
}

function nodeOf(plan: Plan, name: string): PlannedNode {
  const found = plan.nodes.find((node) => node.name === name);
  if (found === undefined) throw new LabError(`the plan has no node ${name}`);
  return found;
}

function executorOf(lab: Lab, name: string): Executor {
  const found = [...lab.nodes, ...lab.routers].find((member) => member.name === name);
  if (found === undefined) throw new LabError(`nothing can be set up on ${name}`);
  return found.executor;
}

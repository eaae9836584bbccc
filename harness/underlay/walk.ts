import { LabError } from "../core/errors.ts";
import type { Executor } from "../exec/executor.ts";
import { inNamespace, namespacePrefixArgv } from "../exec/namespace/namespace.ts";
import { shellQuote } from "../exec/quote.ts";
import type { Plan, PlannedNode } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";
import { memberNamespace, type LabId } from "../lab/lab-id.ts";

/** One way that must work in the underlay. */
export interface Walk {
  readonly family: Family;
  readonly from: PlannedNode;
  readonly to: PlannedNode;
}

/** Up to this many walks per family, every node walks to every other rack; beyond, each node to one, all racks in turn. */
const maxFullWalks = 32;

/** Seconds that a first packet and the neighbor discovery before it may take; ping repeats each second until then. */
const deadlineSeconds = 3;

/** Which nodes ping which: across racks where there are several (so through their gateways), else the neighbor in the rack. */
export function planWalks(plan: Plan): readonly Walk[] {
  const racks = plan.segments
    .map(({ name }) => plan.nodes.filter(({ uplink }) => uplink.segment === name))
    .filter((rack) => rack.length > 0);
  const full = plan.nodes.length * (racks.length - 1) <= maxFullWalks;
  return plan.families.flatMap((family) =>
    plan.nodes.flatMap((from, index) => {
      const others = racks.filter((rack) => !rack.includes(from));
      const one = others[index % Math.max(1, others.length)];
      const chosen = full ? others : one === undefined ? [] : [one];
      const targets = others.length > 0 ? chosen.flatMap((rack) => rack[index % rack.length] ?? []) : next(plan, from);
      return targets.map((to) => ({ family, from, to })).filter(usesFamily);
    }),
  );
}

function next(plan: Plan, from: PlannedNode): readonly PlannedNode[] {
  const to = plan.nodes[(plan.nodes.indexOf(from) + 1) % plan.nodes.length];
  return to === undefined || to === from ? [] : [to];
}

function usesFamily({ family, from, to }: Walk): boolean {
  return from.uplink.addresses[family] !== undefined && to.uplink.addresses[family] !== undefined;
}

/** The command that proves a walk, to be run at its start. */
export function pingArgv({ to, family }: Walk): readonly string[] {
  return ping(addressOf(to, family));
}

function ping(address: string): readonly string[] {
  return ["ping", "-n", "-q", "-c", "1", "-w", String(deadlineSeconds), address];
}

function addressOf(node: PlannedNode, family: Family): string {
  return node.uplink.addresses[family]?.split("/")[0] ?? "";
}

/** Goes a failed walk again, hop by hop: own link, gateway, and from the gateway's router to the target. */
export async function explainWalk(walk: Walk, plan: Plan, id: LabId, host: Executor): Promise<LabError> {
  const { family, from, to } = walk;
  const source = memberNamespace(id, from.name);
  const executor = inNamespace(host, source, `node ${from.name} (netns ${source})`);
  const { stdout } = await executor.tryRun(["sh", "-c", `ip -br link; ip -${family} route; ip -${family} neigh`]);
  const hop = await firstBadHop(walk, plan, executor, (router) => {
    const namespace = memberNamespace(id, router);
    return inNamespace(host, namespace, `router ${router} (netns ${namespace})`);
  });
  return new LabError(`${from.name} does not reach ${to.name} (${addressOf(to, family)}) over the underlay: ${hop}`, {
    where: executor.where,
    command: shellQuote([...namespacePrefixArgv(source), ...pingArgv(walk)]),
    tail: stdout,
    fix: "npm run lab -- doctor",
  });
}

async function firstBadHop(
  { family, from, to }: Walk,
  plan: Plan,
  source: Executor,
  routerAt: (name: string) => Executor,
): Promise<string> {
  const gateway = from.routes.find((route) => route.family === family && route.destination === "default")?.via;
  const router = plan.routers.find(({ ports }) =>
    ports.some(({ addresses, holds }) =>
      [addresses[family], holds?.[family]].some((cidr) => cidr?.split("/")[0] === gateway),
    ),
  );
  if (from.uplink.segment === to.uplink.segment) return "they share a segment, so it is their link or their addresses";
  if (gateway === undefined || router === undefined) return "it has no default route to a router of the lab";
  if (!(await answers(source, gateway))) return `its gateway ${router.name} (${gateway}) does not answer`;
  if (!(await answers(routerAt(router.name), addressOf(to, family)))) return `${router.name} does not reach ${to.name}`;
  return `its gateway ${router.name} answers and reaches ${to.name}, so packets are not forwarded or not answered`;
}

async function answers(executor: Executor, address: string): Promise<boolean> {
  return (await executor.tryRun(ping(address))).exitCode === 0;
}

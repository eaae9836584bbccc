import { LabError } from "../../core/errors.ts";
import { runBatch } from "../../exec/batch.ts";
import type { Executor } from "../../exec/executor.ts";
import { inNamespace, namespacePrefixArgv } from "../../exec/namespace.ts";
import type { Plan, PlannedNode } from "../../topology/plan.ts";
import type { Family } from "../../topology/topology.ts";
import { memberNamespace, type LabId } from "./names.ts";

/** One way that must work in the underlay. */
export interface Walk {
  readonly family: Family;
  readonly from: PlannedNode;
  readonly to: PlannedNode;
}

/** Up to this many walks per family, every node walks to every other rack; beyond, each node to one, all racks in turn. */
const maxFullWalks = 64;

/** Seconds that a first packet and the neighbour discovery before it may take; ping repeats each second until then. */
const deadlineSeconds = 3;

/** Pings over the underlay until every node has been heard through its gateway; a failure names the hop. */
export async function walkLab(plan: Plan, id: LabId, host: Executor): Promise<void> {
  const walks = planWalks(plan);
  const commands = walks.map((walk, index) => ({
    id: String(index),
    argv: [...namespacePrefixArgv(memberNamespace(id, walk.from.name)), ...ping(addressOf(walk.to, walk.family))],
  }));
  const results = await runBatch(host, commands, { parallel: 8, timeoutMs: 120_000 });
  const failed = walks.find((_, index) => results.get(String(index))?.exitCode !== 0);
  if (failed !== undefined) throw await explain(failed, plan, id, host);
}

/** Which nodes ping which: across racks where there are several, else the neighbour in the rack. */
export function planWalks(plan: Plan): readonly Walk[] {
  const racks = plan.segments.map(({ name }) => plan.nodes.filter(({ uplink }) => uplink.segment === name));
  return plan.families.flatMap((family) => {
    const all = plan.nodes.flatMap((from, index) => {
      const others = racks.filter((rack) => rack.length > 0 && !rack.includes(from));
      const full = plan.nodes.length * others.length <= maxFullWalks;
      const chosen = full ? others : others.slice(index % Math.max(1, others.length)).slice(0, 1);
      const targets =
        others.length > 0 ? chosen.flatMap((rack) => rack[index % rack.length] ?? []) : neighbour(plan, from);
      return targets.map((to) => ({ family, from, to }));
    });
    return all.filter(({ from, to }) => usesFamily(from, family) && usesFamily(to, family));
  });
}

function neighbour(plan: Plan, from: PlannedNode): readonly PlannedNode[] {
  const to = plan.nodes[(plan.nodes.indexOf(from) + 1) % plan.nodes.length];
  return to === undefined || to === from ? [] : [to];
}

function usesFamily(node: PlannedNode, family: Family): boolean {
  return node.uplink.addresses[family] !== undefined;
}

function addressOf(node: PlannedNode, family: Family): string {
  return node.uplink.addresses[family]?.split("/")[0] ?? "";
}

function ping(address: string): readonly string[] {
  return ["ping", "-n", "-q", "-c", "1", "-w", String(deadlineSeconds), address];
}

/** Walks the failed way again, hop by hop: own link, gateway, and from the gateway's router to the target. */
async function explain({ family, from, to }: Walk, plan: Plan, id: LabId, host: Executor): Promise<LabError> {
  const at = (name: string): Executor =>
    inNamespace(host, memberNamespace(id, name), `${name} (netns ${memberNamespace(id, name)})`);
  const source = at(from.name);
  const target = addressOf(to, family);
  const gateway = from.routes.find((route) => route.family === family && route.destination === "default")?.via;
  const router = plan.routers.find(({ ports }) =>
    ports.some((port) => port.addresses[family]?.split("/")[0] === gateway),
  );
  const reaches = async (executor: Executor, address: string): Promise<boolean> =>
    (await executor.tryRun(ping(address))).exitCode === 0;
  const { stdout } = await source.tryRun(["sh", "-c", `ip -br link; ip -${family} route; ip -${family} neigh`]);
  const hop = await firstBadHop();
  return new LabError(`${from.name} does not reach ${to.name} (${target}) over the underlay: ${hop}`, {
    where: source.where,
    command: ["nsenter", `--net=/run/netns/${memberNamespace(id, from.name)}`, ...ping(target)].join(" "),
    tail: stdout,
    fix: "npm run lab -- doctor",
  });

  async function firstBadHop(): Promise<string> {
    if (gateway === undefined || router === undefined) return "there is no router between them, so it is their segment";
    if (!(await reaches(source, gateway))) return `its gateway ${router.name} (${gateway}) does not answer`;
    if (!(await reaches(at(router.name), target))) return `${router.name} does not reach ${to.name}`;
    return `its gateway ${router.name} answers and reaches ${to.name}, so packets are not forwarded or not answered`;
  }
}

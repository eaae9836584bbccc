import { homedir } from "node:os";
import { join } from "node:path";
import { HarnessError, LabError } from "../../core/errors.ts";
import { newRunId } from "../../core/run-id.ts";
import { withScope, type Scope } from "../../core/scope.ts";
import type { Executor } from "../../exec/executor.ts";
import { localExecutor } from "../../exec/local.ts";
import { recordingExecutor } from "../../exec/recording.ts";
import type { Plan } from "../../topology/plan.ts";
import type { ProviderContext } from "../context.ts";
import { planProblems } from "../netns/check.ts";
import { memberPrefix, type LabId } from "../netns/names.ts";
import type { Capability, Lab, LabNode, LabRef, Problem, Provider } from "../provider.ts";
import { agentImage } from "./agent-image.ts";
import { tryContainer } from "./capabilities.ts";
import { subnetProblems } from "./check-subnets.ts";
import { destroyContainers } from "./destroy.ts";
import { discoverContainers } from "./discover.ts";
import { engineBlindSpot, engineRelease, findEngine, isEngine, type Engine } from "./engine.ts";
import { readLabel, writeLabel } from "./label.ts";
import { labLabels, memberContainer } from "./names.ts";
import { dockerLabId } from "./owner.ts";
import { findParts } from "./parts.ts";
import { buildContainers, memberExecutor, membersOf, type PlannedMember } from "./provision.ts";

const name = "docker";

export interface DockerProviderOptions extends ProviderContext {
  /** Image of nodes and routers; default: one that is built here. */
  readonly agentImage?: string;
  /** Folder for what images are made from; default `~/.cache/encaplab`. */
  readonly cache?: string;
  /** Labs shall outlive this process, so that nothing that follows its death may remove them. */
  readonly stays?: boolean;
}

/** What was found out about the engine, once per provider. */
export interface EngineReady {
  readonly engine: Engine;
  readonly image: string;
  readonly capabilities: ReadonlySet<Capability>;
}

/** Provider of labs made of Docker containers, one network per rack: needs no root, only the right to use the engine. */
export function createDockerProvider(options: DockerProviderOptions = {}): Provider {
  const host = recorded(localExecutor({ where: "this host" }), options);
  const capabilities = new Set<Capability>();
  let looked: Promise<EngineReady | readonly Problem[]> | undefined;
  const look = (): Promise<EngineReady | readonly Problem[]> => (looked ??= lookAtEngine(host, options));
  return {
    name,
    capabilities,
    check: async (plan) => {
      const ready = await look();
      if (!("engine" in ready)) return ready;
      for (const capability of ready.capabilities) capabilities.add(capability);
      return [...planProblems(plan, capabilities), ...(await subnetProblems(host, plan))];
    },
    provision: async (plan, runId, scope) => {
      const ready = await look();
      if (!("engine" in ready)) throw notReady(ready);
      return provision(plan, runId, scope, { ...ready, host, options });
    },
    label: async ({ runId }, label) => {
      const { id, parts } = await findLab(host, runId);
      await writeLabel(host, runId, labLabels(id), label, parts);
    },
    discover: () => discoverContainers(host),
    blindSpot: () => engineBlindSpot(host),
    attach: (ref, plan) => attach(ref, plan, host, options),
    destroy: ({ runId }) => destroyContainers(runId, host),
  };
}

function recorded(executor: Executor, { onCommand }: ProviderContext): Executor {
  return onCommand === undefined ? executor : recordingExecutor(executor, onCommand);
}

/** What can be done with the engine here, or why nothing can; makes the agent image where there is none. */
export async function lookAtEngine(
  host: Executor,
  options: DockerProviderOptions,
): Promise<EngineReady | readonly Problem[]> {
  const engine = await findEngine(host);
  if (!isEngine(engine)) return [engine];
  try {
    const cache = options.cache ?? join(homedir(), ".cache", "encaplab");
    const named = options.agentImage === undefined ? {} : { named: options.agentImage };
    const image = await agentImage(host, engine, { cache, ...named });
    const { capabilities, problems } = await withScope((scope) => tryEngine(host, image, options, scope));
    return problems.length > 0 ? problems : { engine, image, capabilities };
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    const { tail, fix } = error.details;
    return [{ what: [error.message, tail].filter((text) => text !== undefined).join(": "), fix: fix ?? "docker info" }];
  }
}

async function tryEngine(
  host: Executor,
  image: string,
  options: DockerProviderOptions,
  scope: Scope,
): ReturnType<typeof tryContainer> {
  const id = await ownLabId(newRunId(), host, options);
  scope.defer(`remove scratch container of ${id.runId}`, () => destroyContainers(id.runId, host));
  return tryContainer(host, image, id);
}

/** The identity of a lab that this run makes. */
export async function ownLabId(runId: string, host: Executor, { ownerPid }: ProviderContext): Promise<LabId> {
  const pid = ownerPid ?? process.pid;
  const id = await dockerLabId(runId, pid, host);
  if (id === undefined) throw new LabError(`the owner of the lab, process ${pid}, does not exist`);
  return id;
}

/** The error of a lab that cannot be built for these reasons. */
export function notReady(problems: readonly Problem[]): LabError {
  const [first] = problems;
  return new LabError(problems.map(({ what }) => what).join("; "), first === undefined ? {} : { fix: first.fix });
}

async function provision(
  plan: Plan,
  runId: string,
  scope: Scope,
  { engine, image, host, options }: EngineReady & { readonly host: Executor; readonly options: DockerProviderOptions },
): Promise<Lab> {
  const id = await ownLabId(runId, host, options);
  const executorOf = executors(id, options);
  await buildContainers({ plan, id, host, engine, image, stays: options.stays === true, executorOf }, scope);
  return labOf(plan, id, executorOf, engineRelease(engine));
}

/** One executor per member: each keeps a guard in its container. */
function executors(id: LabId, options: ProviderContext): (member: PlannedMember) => Executor {
  const made = new Map<string, Executor>();
  return (member) => {
    const executor = made.get(member.name) ?? recorded(memberExecutor(id, member), options);
    made.set(member.name, executor);
    return executor;
  };
}

function labOf(
  plan: Plan,
  id: LabId,
  executorOf: (member: PlannedMember) => Executor,
  versions: Readonly<Record<string, string>>,
): Lab {
  const members = membersOf(plan).map((member): LabNode => {
    const { name: memberName, role } = member;
    return { name: memberName, role, executor: executorOf(member), namespacePrefix: memberPrefix(id) };
  });
  const of = (role: LabNode["role"]): readonly LabNode[] => members.filter((member) => member.role === role);
  return { runId: id.runId, provider: name, plan, nodes: of("node"), routers: of("router"), versions };
}

/** The identity of a lab from what is on the engine: its maker may have been another process. */
async function findLab(
  host: Executor,
  runId: string,
): Promise<{ readonly id: LabId; readonly parts: Awaited<ReturnType<typeof findParts>> }> {
  const parts = await findParts(host, runId);
  const [first] = parts;
  if (first === undefined) throw new LabError(`there is no lab ${runId} here`, { fix: "npm run lab -- status" });
  return { id: { runId, ownerPid: first.owner.pid, ownerStart: first.owner.start }, parts };
}

async function attach({ runId }: LabRef, plan: Plan, host: Executor, options: ProviderContext): Promise<Lab> {
  const { id, parts } = await findLab(host, runId);
  const label = readLabel(parts);
  if (label !== undefined && label.digest !== plan.digest) {
    throw new LabError(`lab ${runId} was built from another plan (${label.digest}, not ${plan.digest})`, {
      fix: "give the topology that it was built from, or take it down and build it again",
    });
  }
  const running = new Set(parts.flatMap((part) => (part.kind === "container" && part.running ? [part.name] : [])));
  const missing = membersOf(plan)
    .map((member) => memberContainer(runId, member.name))
    .filter((container) => !running.has(container));
  if (missing.length === 0) return labOf(plan, id, executors(id, options), engineRelease(await findEngine(host)));
  throw new LabError(`lab ${runId} is not whole: ${missing.join(", ")} missing or not running`, {
    fix: `npm run lab -- down ${runId}`,
  });
}

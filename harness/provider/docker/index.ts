import type { Scope } from "../../core/scope.ts";
import type { Executor } from "../../exec/executor.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { recordingExecutor } from "../../exec/recording.ts";
import type { Plan } from "../../topology/plan.ts";
import type { ProviderContext } from "../context.ts";
import { incompleteLab, noSuchLab, refuseOtherPlan } from "../../lab/identity-errors.ts";
import { untaggedWires } from "../../lab/untagged-wires.ts";
import { memberPrefix, type LabId } from "../../lab/lab-id.ts";
import type { Capability, Lab, LabNode, LabRef, Problem } from "../../lab/lab.ts";
import type { Provider } from "../provider.ts";
import {
  lookAtEngine,
  notReady,
  ownLabId,
  type AgentOptions,
  type EngineReady,
} from "../../underlay/containers/engine-ready.ts";
import { subnetProblems } from "../../underlay/containers/check-subnets.ts";
import { destroyContainers } from "../../underlay/containers/destroy.ts";
import { discoverContainers } from "../../underlay/containers/discover.ts";
import { engineBlindSpot, engineRelease, findEngine } from "../../underlay/containers/engine.ts";
import { readLabel, writeLabel } from "../../underlay/containers/label.ts";
import { labLabels, memberContainer } from "../../underlay/containers/names.ts";
import { findParts } from "../../underlay/containers/parts.ts";
import {
  buildContainers,
  enterMember,
  memberExecutor,
  membersOf,
  type PlannedMember,
} from "../../underlay/containers/build-containers.ts";

const name = "docker";

/** What a run tells the provider of labs of containers. */
export interface DockerProviderOptions extends ProviderContext, AgentOptions {}

/** Provider of labs made of Docker containers, one network per rack: needs no root, only the right to use the engine. */
export function createDockerProvider(options: DockerProviderOptions = {}): Provider {
  const host = recorded(localExecutor({ where: "this host" }), options);
  const capabilities = new Set<Capability>();
  let looked: Promise<EngineReady | readonly Problem[]> | undefined;
  const look = (): Promise<EngineReady | readonly Problem[]> =>
    (looked ??= lookAtEngine(host, { ...options, provider: name }));
  return {
    name,
    capabilities,
    kernelHas: "its containers have",
    sharesKernel: true,
    withheld: untaggedWires,
    check: async (plan) => {
      const ready = await look();
      if (!("engine" in ready)) return ready;
      for (const capability of ready.capabilities) capabilities.add(capability);
      return subnetProblems(host, plan);
    },
    provision: async (plan, runId, scope) => {
      const ready = await look();
      if (!("engine" in ready)) throw notReady(ready);
      return provision(plan, runId, scope, { ...ready, host, options });
    },
    label: async ({ runId }, label) => {
      const { id, parts } = await findLab(host, runId);
      await writeLabel(host, runId, labLabels(id, name), label, parts);
    },
    discover: () => discoverContainers(host, name),
    blindSpot: () => engineBlindSpot(host),
    attach: (ref, plan) => attach(ref, plan, host, options),
    destroy: ({ runId }) => destroyContainers(runId, host),
  };
}

function recorded(executor: Executor, { onCommand }: ProviderContext): Executor {
  return onCommand === undefined ? executor : recordingExecutor(executor, onCommand);
}

async function provision(
  plan: Plan,
  runId: string,
  scope: Scope,
  { engine, image, host, options }: EngineReady & { readonly host: Executor; readonly options: DockerProviderOptions },
): Promise<Lab> {
  const id = await ownLabId(runId, host, options);
  const executorOf = executors(id, options);
  await buildContainers(
    { provider: name, plan, id, host, engine, image, stays: options.stays === true, executorOf },
    scope,
  );
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
    const enter = enterMember(id, member);
    return { name: memberName, role, executor: executorOf(member), enter, namespacePrefix: memberPrefix(id) };
  });
  const of = (role: LabNode["role"]): readonly LabNode[] => members.filter((member) => member.role === role);
  const outside = plan.external === undefined ? {} : { external: of("external host") };
  return { runId: id.runId, provider: name, plan, nodes: of("node"), routers: of("router"), ...outside, versions };
}

/** The identity of a lab from what is on the engine: its maker may have been another process. */
async function findLab(
  host: Executor,
  runId: string,
): Promise<{ readonly id: LabId; readonly parts: Awaited<ReturnType<typeof findParts>> }> {
  const parts = await findParts(host, runId);
  const [first] = parts;
  if (first === undefined) throw noSuchLab(runId, "on this engine");
  return { id: { runId, ownerPid: first.owner.pid, ownerStart: first.owner.start }, parts };
}

async function attach({ runId }: LabRef, plan: Plan, host: Executor, options: ProviderContext): Promise<Lab> {
  const { id, parts } = await findLab(host, runId);
  refuseOtherPlan(runId, readLabel(parts), plan);
  const running = new Set(parts.flatMap((part) => (part.kind === "container" && part.running ? [part.name] : [])));
  const missing = membersOf(plan)
    .map((member) => memberContainer(runId, member.name))
    .filter((container) => !running.has(container));
  if (missing.length === 0) return labOf(plan, id, executors(id, options), engineRelease(await findEngine(host)));
  throw incompleteLab(runId, `${missing.join(", ")} missing or not running`);
}

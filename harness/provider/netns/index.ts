import { withScope } from "../../core/scope.ts";
import type { Executor } from "../../exec/executor.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { enterNamespace, inNamespace } from "../../exec/namespace/namespace.ts";
import { recordingExecutor } from "../../exec/recording.ts";
import type { Plan } from "../../topology/plan.ts";
import type { Capability, Lab, LabNode, LabRef, Problem } from "../../lab/lab.ts";
import type { Provider } from "../provider.ts";
import type { ProviderContext } from "../context.ts";
import { probeCapabilities } from "../../lab/capabilities.ts";
import { incompleteLab, noSuchLab, ownerGone, refuseOtherPlan } from "../../lab/identity-errors.ts";
import { machineProblems, namespaceProblem } from "./check.ts";
import { removeLab } from "../../lab/remove-lab.ts";
import { discoverLabs } from "./discover.ts";
import { readLabel, writeLabel } from "../../lab/namespace-label.ts";
import { labNamespaces } from "../../lab/leftovers.ts";
import { fabricNamespace, memberNamespace, memberPrefix, runMark, type LabId } from "../../lab/lab-id.ts";
import { labIdOf } from "../../lab/owner.ts";
import { buildLab } from "../../underlay/build-lab.ts";
import { nodePower } from "../../underlay/node-power.ts";
import { makeNeighborRoom } from "../../underlay/neighbor-room.ts";

const name = "netns";

/** Provider of labs made of network namespaces of this host: nodes, routers, and one more that holds all bridges. */
export function netnsProvider(context: ProviderContext = {}): Provider {
  const ownerPid = context.ownerPid ?? process.pid;
  const host = (runId?: string): Executor => hostExecutor(context, runId);
  const capabilities = new Set<Capability>();
  const check = checker(context, capabilities, ownerPid);
  return {
    name,
    capabilities,
    kernelHas: "this kernel has",
    sharesKernel: true,
    check,
    provision: async (plan, runId, scope) => {
      const id = await ownLabId(runId, ownerPid);
      await makeNeighborRoom(plan, scope);
      await buildLab(plan, id, host(runId), scope);
      return labOf(plan, id, host(runId));
    },
    label: async (lab, label) => {
      const id = await findLabId(lab.runId);
      await writeLabel(host(), fabricNamespace(id), label);
    },
    discover: () => discoverLabs(host()),
    attach: async (ref, plan) => attachLab(ref, plan, host(ref.runId)),
    destroy: (ref) => removeLab(ref.runId, host()),
  };
}

function hostExecutor({ ownerPid, onCommand }: ProviderContext, runId: string | undefined): Executor {
  const pid = ownerPid ?? process.pid;
  const env = runId === undefined ? {} : { ENCAPLAB_RUN: runMark({ runId }, pid) };
  const local = localExecutor({ where: "this host", env });
  return onCommand === undefined ? local : recordingExecutor(local, onCommand);
}

/** Probes once per provider, and only where the machine can make namespaces at all. */
function checker(context: ProviderContext, capabilities: Set<Capability>, ownerPid: number): Provider["check"] {
  let probed: Promise<readonly Problem[]> | undefined;
  const probe = async (): Promise<readonly Problem[]> => {
    const problems = await machineProblems(hostExecutor(context, undefined), context.userId ?? process.getuid?.());
    if (problems.length > 0) return problems;
    try {
      const found = await withScope((scope) => probeCapabilities(hostExecutor(context, undefined), ownerPid, scope));
      for (const capability of found) capabilities.add(capability);
      return [];
    } catch (error) {
      return [namespaceProblem(error)];
    }
  };
  return () => (probed ??= probe());
}

async function ownLabId(runId: string, ownerPid: number): Promise<LabId> {
  const id = await labIdOf(runId, ownerPid);
  if (id === undefined) throw ownerGone(ownerPid);
  return id;
}

/** The identity of a lab from what is on the machine: its maker may have been another process. */
async function findLabId(runId: string): Promise<LabId> {
  for (const { runId: found, ownerPid, ownerStart } of await labNamespaces()) {
    if (found === runId && ownerStart !== undefined) return { runId, ownerPid, ownerStart };
  }
  throw noSuchLab(runId, "on this machine");
}

async function attachLab(ref: LabRef, plan: Plan, host: Executor): Promise<Lab> {
  const id = await findLabId(ref.runId);
  refuseOtherPlan(ref.runId, await readLabel(host, fabricNamespace(id)), plan);
  const there = new Set((await labNamespaces()).map((namespace) => namespace.name));
  const lab = labOf(plan, id, host);
  const members = [...lab.routers, ...lab.nodes, ...(lab.external ?? [])].map((member) =>
    memberNamespace(id, member.name),
  );
  const missing = members.filter((member) => !there.has(member));
  if (missing.length === 0) return lab;
  throw incompleteLab(ref.runId, `${missing.join(", ")} missing`);
}

function labOf(plan: Plan, id: LabId, host: Executor): Lab {
  const member =
    (role: LabNode["role"]) =>
    ({ name: memberName }: { readonly name: string }): LabNode => {
      const namespace = memberNamespace(id, memberName);
      const executor = inNamespace(host, namespace, `${role} ${memberName} (netns ${namespace})`);
      const power = role === "node" ? { power: nodePower(plan, memberName, executor) } : {};
      const enter = enterNamespace(namespace);
      return { name: memberName, role, executor, enter, namespacePrefix: memberPrefix(id), ...power };
    };
  const nodes = plan.nodes.map(member("node"));
  const external = plan.external?.map(member("external host"));
  const routers = plan.routers.map(member("router"));
  const outside = external === undefined ? {} : { external };
  return { runId: id.runId, provider: name, plan, nodes, routers, ...outside, hostFiles: true };
}

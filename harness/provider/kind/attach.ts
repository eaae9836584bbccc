import { join } from "node:path";
import { stat } from "node:fs/promises";
import type { Executor } from "../../exec/executor.ts";
import type { Plan } from "../../topology/plan.ts";
import { readLabel } from "../../underlay/containers/label.ts";
import { memberContainer } from "../../underlay/containers/names.ts";
import { findParts, type Part } from "../../underlay/containers/parts.ts";
import { getObjects, type ClusterAccess } from "../../kubernetes/access.ts";
import { agentsOf } from "../../kubernetes/deploy-agents.ts";
import { namespaceOf } from "../../kubernetes/run-mark.ts";
import type { LabId } from "../../lab/lab-id.ts";
import { labFolders } from "../../lab/leftovers.ts";
import type { LabRef } from "../../lab/lab.ts";
import { incompleteLab, noSuchLab, refuseOtherPlan } from "../../lab/identity-errors.ts";
import { agentPlaces, kubeconfigName, planOf, privateFolder, type BuiltCluster } from "./build-cluster.ts";
import { kindFailure } from "./create-cluster.ts";
import { clusterName, nodeContainer, provider } from "./kind-names.ts";
import { findNodeContainers } from "./node-containers.ts";
import { readLegs } from "./node-legs.ts";

/** How to reach what is found. */
export interface AttachTools {
  /** Program. */
  readonly kind: string;
  readonly accessOf: (kubeconfig: string) => ClusterAccess;
}

/** A lab that stands, with the image that its agents run. */
export interface AttachedCluster {
  readonly id: LabId;
  readonly image: string;
  readonly built: BuiltCluster;
}

/** The lab again, from what is on the engine and in the cluster; LabError where it is another plan's or incomplete. */
export async function attachCluster(
  { runId }: LabRef,
  plan: Plan,
  host: Executor,
  { kind, accessOf }: AttachTools,
): Promise<AttachedCluster> {
  const { id, parts } = await findCluster(host, runId);
  refuseOtherPlan(runId, readLabel(parts), plan);
  await refuseMissing(host, runId, plan, parts);
  const access = accessOf(await kubeconfigOf(host, id, kind));
  const legs = await readLegs(plan, runId, host);
  const nodes = await agentsOf(access, runId, agentPlaces(plan, runId));
  return { id, image: await agentImageOf(access, runId), built: { plan: planOf(plan, legs), access, nodes } };
}

/** The identity and parts of a lab from what is on the engine: its maker may have been another process. */
export async function findCluster(
  host: Executor,
  runId: string,
): Promise<{ readonly id: LabId; readonly parts: readonly Part[] }> {
  const parts = (await findParts(host, runId)).filter((part) => part.provider === provider);
  const [first] = parts;
  if (first === undefined) throw noSuchLab(runId, "on this engine");
  return { id: { runId, ownerPid: first.owner.pid, ownerStart: first.owner.start }, parts };
}

async function refuseMissing(host: Executor, runId: string, plan: Plan, parts: readonly Part[]): Promise<void> {
  const nodes = await findNodeContainers(host, runId);
  const running = new Set([
    ...nodes.flatMap((node) => (node.running ? [node.name] : [])),
    ...parts.flatMap((part) => (part.kind === "container" && part.running ? [part.name] : [])),
  ]);
  const wanted = [
    ...plan.routers.map((router) => memberContainer(runId, router.name)),
    ...plan.nodes.map((_, index) => nodeContainer(runId, index)),
  ];
  const missing = wanted.filter((container) => !running.has(container));
  if (missing.length === 0) return;
  throw incompleteLab(runId, `${missing.join(", ")} missing or not running`);
}

/** The lab's own kubeconfig; kind can write it again where its folder is gone. */
async function kubeconfigOf(host: Executor, id: LabId, kind: string): Promise<string> {
  for (const folder of await labFolders(id.runId)) {
    const file = join(folder, kubeconfigName);
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile() === true) return file;
  }
  const file = join(await privateFolder(id), kubeconfigName);
  const argv = [kind, "export", "kubeconfig", "--name", clusterName(id.runId), "--kubeconfig", file];
  const result = await host.tryRun(argv);
  if (result.exitCode !== 0) throw kindFailure(result);
  return file;
}

interface DaemonSetObject {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
}

async function agentImageOf(access: ClusterAccess, runId: string): Promise<string> {
  const [agents] = await getObjects<DaemonSetObject>(access, ["daemonsets", "-n", namespaceOf(runId), "agent"]);
  const image = agents?.spec.template.spec.containers[0]?.image;
  if (image !== undefined) return image;
  throw incompleteLab(runId, "its agents are gone", { where: access.name });
}

import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Scope } from "../../core/scope.ts";
import { settleAll } from "../../core/settle.ts";
import type { Executor } from "../../exec/executor.ts";
import type { Plan } from "../../topology/plan.ts";
import { pingRacks } from "../../underlay/containers/ping-racks.ts";
import type { Engine } from "../../underlay/containers/engine.ts";
import { labLabels } from "../../underlay/containers/names.ts";
import {
  makeMembers,
  makeRacks,
  membersOf,
  racksOf,
  rackWays,
  type PlannedMember,
} from "../../underlay/containers/build-containers.ts";
import { withRealDevices } from "../../lab/with-real-devices.ts";
import { ownerOf } from "../../lab/owner-machine.ts";
import type { ClusterAccess } from "../../kubernetes/access.ts";
import { createObjects } from "../../kubernetes/create.ts";
import { deployAgents } from "../../kubernetes/deploy-agents.ts";
import { renderNamespace } from "../../kubernetes/render-run.ts";
import type { LabId } from "../../lab/lab-id.ts";
import type { LabNode } from "../../lab/lab.ts";
import { createCluster } from "./create-cluster.ts";
import { removalTimeoutMs, removeCluster } from "./destroy.ts";
import { loadIntoNodes, loadNodeImage, nodeImageOf, type ImageArchive } from "./images.ts";
import { clusterName, nodeContainer, provider } from "./kind-names.ts";
import { mirrorNodes } from "./mirror.ts";
import { connectNodes, type RackLegs } from "./node-legs.ts";
import { renderConfig, type ProxyMode } from "./render-config.ts";

/** What the command line says about kind clusters. */
export interface ClusterSettings {
  /** Program; default `kind` on the PATH. */
  readonly kindProgram?: string;
  /** Image of the nodes; default: the one in an archive, or the one that this kind was released with. */
  readonly nodeImage?: string;
  readonly proxyMode?: ProxyMode;
  /** Registry that is asked instead of every other: `https://registry.example:5000`. */
  readonly registry?: string;
}

/** What a lab on a kind cluster is built with. */
export interface ClusterBuild {
  readonly plan: Plan;
  readonly id: LabId;
  readonly host: Executor;
  readonly engine: Engine;
  /** Of agents, pods and routers. */
  readonly image: string;
  readonly archives: readonly ImageArchive[];
  readonly settings: ClusterSettings;
  readonly routerExecutor: (member: PlannedMember) => Executor;
  readonly accessOf: (kubeconfig: string) => ClusterAccess;
}

/** A cluster that is up, in its racks, just short of a CNI. */
export interface BuiltCluster {
  /** With the devices that the nodes really have. */
  readonly plan: Plan;
  readonly access: ClusterAccess;
  readonly nodes: readonly LabNode[];
}

/** Name of the kubeconfig in the lab's private folder. */
export const kubeconfigName = "kubeconfig";

/** Builds racks, routers and cluster of a plan, gives every node its rack leg and an agent, and pings across the racks. */
export async function buildCluster(build: ClusterBuild, scope: Scope): Promise<BuiltCluster> {
  const { plan, id, host, image } = build;
  const { runId } = id;
  const undo = `remove lab ${runId}: npm run lab -- down ${runId}`;
  scope.defer(undo, () => removeCluster(runId, host), 2 * removalTimeoutMs);
  const labels = labLabels(id, provider);
  const racks = racksOf(plan, runId);
  // First, so that everything that follows has an owner to be found by.
  await makeRacks(build, racks, labels);
  const kubeconfig = join(await privateFolder(id), kubeconfigName);
  const routers = membersOf(plan).filter(({ role }) => role === "router");
  const racksBuild = { plan, id, host, engine: build.engine, image, stays: true, executorOf: build.routerExecutor };
  // Not beside the cluster: nodes that start leave too little of a small machine for anything else.
  await makeMembers(racksBuild, routers, racks, labels, false);
  await makeCluster(build, kubeconfig);
  const [legs] = await settleAll([connectNodes(plan, runId, host), loadImages(build)]);
  const access = build.accessOf(kubeconfig);
  const real = planOf(plan, legs);
  const nodes = await startAgents(build, access);
  const executors = new Map(nodes.map(({ name, executor }) => [name, executor]));
  const executorOf = (member: PlannedMember): Executor => executors.get(member.name) ?? build.routerExecutor(member);
  await pingRacks(rackWays({ plan: real, executorOf }), build.engine);
  return { plan: real, access, nodes };
}

/** The plan with the devices and addresses that nodes really have: kind's own network comes first, so a rack leg is no eth0. */
export function planOf(plan: Plan, legs: RackLegs): Plan {
  const real = withRealDevices(plan, (member) => {
    const leg = legs.get(member);
    const router = plan.routers.find(({ name }) => name === member);
    if (router !== undefined) return router.ports.map(({ device, mac }) => ({ name: device, mac }));
    return leg === undefined ? [] : [leg];
  });
  const nodes = real.nodes.map((node) => ({ ...node, otherAddresses: legs.get(node.name)?.otherAddresses ?? [] }));
  return { ...real, nodes };
}

/** Agents of a lab: where each runs. */
export function agentPlaces(
  plan: Plan,
  runId: string,
): readonly { readonly node: string; readonly nodeName: string }[] {
  return plan.nodes.map(({ name: node }, index) => ({ node, nodeName: nodeContainer(runId, index) }));
}

/** A folder that only this user can enter, for the way to the API; found and removed by its name. */
export function privateFolder({ runId, ownerPid }: LabId): Promise<string> {
  return mkdtemp(join(tmpdir(), `encaplab-${runId}.${ownerPid}.`));
}

async function makeCluster({ plan, id, host, archives, settings }: ClusterBuild, kubeconfig: string): Promise<void> {
  const { kindProgram: kind = "kind", registry, proxyMode } = settings;
  const nodeImage = nodeImageOf(settings.nodeImage, archives);
  await loadNodeImage(host, nodeImage, archives);
  const config = renderConfig(plan, id.runId, {
    mirrored: registry !== undefined,
    ...(nodeImage === undefined ? {} : { nodeImage }),
    ...(proxyMode === undefined ? {} : { proxyMode }),
  });
  await createCluster(host, { kind, config, kubeconfig });
  if (registry !== undefined) await mirrorNodes(host, id.runId, plan.nodes.length, registry);
}

async function loadImages({ plan, id, host, archives, settings, image }: ClusterBuild): Promise<void> {
  const nodeImage = nodeImageOf(settings.nodeImage, archives);
  const others = archives.filter(({ tags }) => nodeImage === undefined || !tags.includes(nodeImage));
  await loadIntoNodes(host, id.runId, plan.nodes.length, {
    kind: settings.kindProgram ?? "kind",
    cluster: clusterName(id.runId),
    archives: others,
    images: [image],
  });
}

/** The namespace goes with the cluster, so nothing is registered for it. */
async function startAgents({ plan, id, image }: ClusterBuild, access: ClusterAccess): Promise<readonly LabNode[]> {
  const { runId, ownerPid } = id;
  await createObjects(access, [
    renderNamespace({ runId, owner: await ownerOf(ownerPid), digest: plan.digest, provider }),
  ]);
  return deployAgents(access, { runId, ownerPid, image }, agentPlaces(plan, runId));
}

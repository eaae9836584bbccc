import { messageOf } from "../../core/errors.ts";
import { undoTimeoutMs, type Scope } from "../../core/scope.ts";
import type { Identities } from "../../encap/identity.ts";
import type { Mode } from "../../encap/mode.ts";
import type { Lab } from "../../lab/lab.ts";
import type { Network } from "../dataplane.ts";
import { runScript } from "../../exec/script.ts";
import { shellQuote } from "../../exec/quote.ts";
import { startFabric } from "../fabric/bgp-fabric.ts";
import { stopServices } from "../process/supervise.ts";
import { calicoNetwork } from "./calico-network.ts";
import { checkpointName, restoreCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import { patienceWith } from "../convergence/patience.ts";
import { Stopwatch } from "../convergence/stopwatch.ts";
import { convergeCalico } from "./converge.ts";
import { writeResources } from "./datastore.ts";
import { startEtcd } from "./etcd.ts";
import { onEveryNode } from "../convergence/every-node.ts";
import { etcdFolder, nodeFolder } from "./lab-folder.ts";
import { connectMachine, makeManagement, managementExecutor } from "./management.ts";
import { namesOf, nodeCalico, plannedPods, runningPods, type Release } from "./node-calico.ts";
import { makePods } from "./pods.ts";
import { readIdentities } from "./read-identities.ts";
import { removeCalico } from "./remove.ts";
import { resourcesFor } from "./resources.ts";
import { restartNotes } from "./restarts.ts";
import { renderServices } from "./services.ts";
import { startNode } from "./start-node.ts";
import { fabricRoutes, replaceFabricRoutes } from "./static-fabric.ts";

/** What an installation needs beside the lab and the mode. */
export interface Installing {
  readonly release: Release;
  /** Path or name of etcd's program. */
  readonly etcd: string;
  /** Folder for the logs at the end; missing = they are not kept. */
  readonly logs?: string;
}

/** Puts Calico on a fresh lab and returns when it has converged: from a state that was kept, or from the start. */
export async function installCalico(mode: Mode, lab: Lab, scope: Scope, installing: Installing): Promise<Network> {
  const { release, logs } = installing;
  const names = namesOf(release);
  const watch = new Stopwatch();
  const undo = `remove Calico from ${lab.nodes.map(({ name }) => name).join(", ")}`;
  scope.defer(undo, () => removeCalico(lab, logs), undoTimeoutMs * patienceWith(lab));
  await makeManagement(lab);
  await startFabric(lab, scope);
  const name = checkpointName(lab, release, mode, names.title);
  const restored = await restoreCalico(mode, lab, scope, installing, name, watch);
  const identities =
    "identities" in restored ? restored.identities : await startCalico(mode, lab, scope, installing, watch);
  if (!("identities" in restored)) await saveCheckpoint(lab, name);
  const notes = [...("note" in restored ? [restored.note] : []), ...(await restartNotes(lab))];
  const seen = { ...names, identities, convergence: watch.convergence(), notes };
  return calicoNetwork(mode, lab, seen);
}

/** Everything from the start: datastore, resources, nodes, pods. */
async function startCalico(
  mode: Mode,
  lab: Lab,
  scope: Scope,
  { release, etcd }: Installing,
  watch: Stopwatch,
): Promise<Identities> {
  await startEtcd(lab, etcd);
  watch.reached("datastore");
  await writeResources(managementExecutor(lab), resourcesFor(lab.plan, mode));
  await onEveryNode(lab, async (node) => {
    const { machines } = lab;
    if (machines !== undefined) await connectMachine(machines, node.executor, nodeFolder(lab, node.name));
    await startNode(node.executor, nodeCalico(lab, node, release, mode));
  });
  watch.reached("nodes started");
  await onEveryNode(lab, (node) => makePods(node, nodeCalico(lab, node, release, mode), plannedPods(lab, node.name)));
  watch.reached("pods");
  await adaptFabric(lab, mode, scope);
  const identities = await convergeCalico(lab, mode, runningPods(lab), watch);
  await writeServices(lab, identities);
  return identities;
}

/** Either what was restored, or that nothing was, with a note where a kept state turned out to be of no use. */
type Restored = { readonly identities: Identities } | { readonly note: string } | Record<string, never>;

/** A kept state counts only once it has converged like a new one; otherwise it is forgotten and the machines start over. */
async function restoreCalico(
  mode: Mode,
  lab: Lab,
  scope: Scope,
  { etcd }: Installing,
  name: string,
  watch: Stopwatch,
): Promise<Restored> {
  const checkpoints = lab.machines?.checkpoints;
  if (checkpoints === undefined) return {};
  try {
    if (!(await restoreCheckpoint(lab, name, etcd))) return {};
    watch.reached("restored");
    await adaptFabric(lab, mode, scope);
    return { identities: await convergeCalico(lab, mode, runningPods(lab), watch) };
  } catch (error) {
    await checkpoints.discard(name);
    await stopServices(managementExecutor(lab), etcdFolder(lab));
    await runScript(managementExecutor(lab), `rm -rf ${shellQuote([etcdFolder(lab)])}`);
    await checkpoints.reset();
    return {
      note: `the saved state of the machines could not be used, so Calico was started from scratch: ${messageOf(error)}`,
    };
  }
}

/** The routers' side of the blocks that IPAM has just chosen. */
export async function adaptFabric(lab: Lab, mode: Mode, scope: Scope): Promise<void> {
  const routes = fabricRoutes(lab.plan, await readIdentities(managementExecutor(lab), lab.plan, mode));
  if (routes.length === 0) return;
  scope.defer("restore the routers' planned routes", () => replaceFabricRoutes(lab, routes, "planned"));
  await replaceFabricRoutes(lab, routes, "actual");
}

/** Gives every node the ClusterIPs of all pods. */
export async function writeServices(lab: Lab, identities: Identities): Promise<void> {
  await onEveryNode(lab, ({ name, executor }) =>
    executor.run(["nft", "-f", "-"], { input: renderServices(lab.plan, identities, name) }),
  );
}

import type { Scope } from "../../core/scope.ts";
import type { Identities } from "../../encap/identity.ts";
import type { Mode } from "../../encap/mode.ts";
import type { Lab } from "../../provider/provider.ts";
import type { Network } from "../dataplane.ts";
import { startFabric } from "../fabric/bgp-fabric.ts";
import { convergeCalico, Stopwatch } from "./converge.ts";
import { writeResources } from "./datastore.ts";
import { startEtcd } from "./etcd.ts";
import { onEveryNode } from "./every-node.ts";
import { makeManagement, managementExecutor } from "./management.ts";
import { nodeCalico, plannedPods, runningPods, type Release } from "./node-calico.ts";
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
  readonly title: string;
  /** Path or name of etcd's program. */
  readonly etcd: string;
  /** Folder for the logs at the end; missing = they are not kept. */
  readonly logs?: string;
}

/** Puts Calico on a fresh lab: datastore, resources, nodes, pods; returns when it has converged. */
export async function installCalico(mode: Mode, lab: Lab, scope: Scope, installing: Installing): Promise<Network> {
  const { release, title, etcd, logs } = installing;
  const watch = new Stopwatch();
  scope.defer(`remove Calico from ${lab.nodes.map(({ name }) => name).join(", ")}`, () => removeCalico(lab, logs));
  await makeManagement(lab);
  await startFabric(lab, scope);
  await startEtcd(lab, etcd);
  watch.reached("datastore");
  await writeResources(managementExecutor(lab), resourcesFor(lab.plan, mode));
  await onEveryNode(lab, (node) => startNode(node.executor, nodeCalico(lab, node, release, mode)));
  watch.reached("nodes started");
  await onEveryNode(lab, (node) => makePods(node, nodeCalico(lab, node, release, mode), plannedPods(lab, node.name)));
  watch.reached("pods");
  await adaptFabric(lab, mode, scope);
  const pods = runningPods(lab);
  const identities = await convergeCalico(lab, mode, pods, watch);
  await writeServices(lab, identities);
  const notes = await restartNotes(lab);
  return { lab, mode, title, identities, pods, convergence: watch.convergence(), notes };
}

/** The routers' side of the blocks that IPAM has just chosen. */
async function adaptFabric(lab: Lab, mode: Mode, scope: Scope): Promise<void> {
  const routes = fabricRoutes(lab.plan, await readIdentities(managementExecutor(lab), lab.plan, mode));
  if (routes.length === 0) return;
  scope.defer("give the routers their planned routes back", () => replaceFabricRoutes(lab, routes, "planned"));
  await replaceFabricRoutes(lab, routes, "actual");
}

async function writeServices(lab: Lab, identities: Identities): Promise<void> {
  await onEveryNode(lab, ({ name, executor }) =>
    executor.run(["nft", "-f", "-"], { input: renderServices(lab.plan, identities, name) }),
  );
}

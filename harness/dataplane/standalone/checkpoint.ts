import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Mode } from "../../encap/mode.ts";
import { runScript } from "../../exec/script.ts";
import { shellQuote } from "../../exec/quote.ts";
import type { Lab } from "../../lab/lab.ts";
import { startEtcd } from "./etcd.ts";
import { onEveryNode } from "../convergence/every-node.ts";
import { etcdFolder, nodeFolder } from "./lab-folder.ts";
import { dropConnections, managementExecutor } from "./management.ts";
import { nodeCalico, plannedPods, type Release } from "./node-calico.ts";
import { bgpServices, nodeEnvironment, nodeServices } from "./node-command.ts";
import { needsBgp } from "./missing.ts";
import { renderEntrance } from "./private-mounts.ts";
import { cniConfig } from "./pods.ts";
import { resourcesFor } from "./resources.ts";

/** To be raised when saved states of the past must not be used any more though nothing else in their names has changed. */
const recipe = 3;

/**
 * Name of the state that a converged lab is kept under: everything that decides what runs on its nodes. The lab's plan and machines are
 * the provider's part of the name. Each mode has a state of its own: Calico takes longest to change the mode of machines that have just
 * been restored, 50 s under emulation.
 */
export function checkpointName(lab: Lab, release: Release, mode: Mode, title: string): string {
  const nodes = lab.nodes.map((node) => {
    const calico = nodeCalico(lab, node, release, mode);
    const entrance = renderEntrance(calico.folder, nodeEnvironment(calico), calico.files.root);
    const pods = plannedPods(lab, node.name).map(({ pod }) => cniConfig(calico, pod));
    return [entrance, nodeServices(calico), bgpServices(calico), pods];
  });
  const parts = [recipe, title, needsBgp(mode, lab.plan), nodes, resourcesFor(lab.plan, mode)];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

/** Keeps a converged lab: machines by the provider, and beside them the datastore. */
export async function saveCheckpoint(lab: Lab, name: string): Promise<boolean> {
  const { machines } = lab;
  if (machines?.checkpoints === undefined) return false;
  return machines.checkpoints.save(name, (folder) =>
    copyDatastore(lab, `${etcdFolder(lab)}/data`, join(folder, "etcd")),
  );
}

/**
 * Puts a fresh lab into the state of that name, with its datastore; false where there is none. What is restored is not known to work
 * yet.
 */
export async function restoreCheckpoint(lab: Lab, name: string, etcd: string): Promise<boolean> {
  const { machines } = lab;
  const found = await machines?.checkpoints?.restore(name, async (folder) => {
    await copyDatastore(lab, join(folder, "etcd"), `${etcdFolder(lab)}/data`);
    await startEtcd(lab, etcd);
  });
  if (found !== true) return false;
  await onEveryNode(lab, ({ name: node, executor }) => dropConnections(executor, nodeFolder(lab, node)));
  return true;
}

/** With its only process held still: bolt's file must not change while it is read (as after a crash, it is then whole). */
async function copyDatastore(lab: Lab, from: string, to: string): Promise<void> {
  const [source, target, pid] = [from, to, `${etcdFolder(lab)}/etcd.pid`].map((path) => shellQuote([path]));
  await runScript(
    managementExecutor(lab),
    `mkdir -p "$(dirname ${target})"
pid=$(cat ${pid} 2>/dev/null) || pid=
[ -z "$pid" ] || { trap 'kill -CONT $pid' EXIT; kill -STOP $pid; }
cp -r ${source} ${target}`,
  );
}

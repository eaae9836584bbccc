import type { Mode } from "../../encap/mode.ts";
import type { Lab, LabNode } from "../../lab/lab.ts";
import { writeResources } from "./datastore.ts";
import { onEveryNode } from "../convergence/every-node.ts";
import { nodeFolder } from "./lab-folder.ts";
import { managementExecutor } from "./management.ts";
import { needsBgp } from "./missing.ts";
import { nodeCalico, type Release } from "./node-calico.ts";
import { configurationsFor, poolsFor } from "./resources.ts";
import { startBgp } from "./start-node.ts";

/** As a user would: the pools are changed, and Calico does the rest. BIRD is started where it was not needed before. */
export async function changeMode(lab: Lab, mode: Mode, release: Release): Promise<void> {
  await writeResources(managementExecutor(lab), poolsFor(lab.plan, mode));
  if (needsBgp(mode, lab.plan)) await onEveryNode(lab, (node) => ensureBgp(lab, node, release, mode));
}

async function ensureBgp(lab: Lab, node: LabNode, release: Release, mode: Mode): Promise<void> {
  const { exitCode } = await node.executor.tryRun(["test", "-e", `${nodeFolder(lab, node.name)}/bird.supervisor`]);
  if (exitCode !== 0) await startBgp(node.executor, nodeCalico(lab, node, release, mode));
}

/** As a user would: what a plan declares for the whole cluster is written into Calico's configuration. */
export async function changeConfiguration(lab: Lab): Promise<void> {
  await writeResources(managementExecutor(lab), configurationsFor(lab.plan));
}

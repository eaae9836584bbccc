import { LabError } from "../../core/errors.ts";
import type { Stopwatch } from "../convergence/stopwatch.ts";
import type { Network } from "../dataplane.ts";
import { stopServices } from "../process/supervise.ts";
import { factsLimitMs } from "./converge.ts";
import { waitForFelix } from "./felix-ready.ts";
import { nodeFolder } from "./lab-folder.ts";
import { nodeCalico, type Release } from "./node-calico.ts";
import { startNode } from "./start-node.ts";

/**
 * Brings the nodes that run another release to that of the rest, one after the other as a rolling update does: the old programs end, and
 * their routes stay in the kernel until the new ones have started.
 */
export async function upgradeNodes(
  { lab, mode }: Network,
  { others = new Map<string, Release>(), ...target }: Release,
  watch: Stopwatch,
): Promise<void> {
  if (others.size === 0)
    throw new LabError(`all nodes run Calico ${target.version} already`, {
      fix: "name those that run an older one: --calico 'a1=OLD,*=NEW'",
    });
  for (const node of lab.nodes.filter(({ name }) => others.has(name))) {
    await stopServices(node.executor, nodeFolder(lab, node.name));
    await startNode(node.executor, nodeCalico(lab, node, target, mode));
    await waitForFelix(lab, factsLimitMs(lab));
    watch.reached(`${node.name} runs ${target.version}`);
  }
}

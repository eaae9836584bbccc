import type { Mode } from "../../encap/mode.ts";
import { runScript } from "../../exec/script.ts";
import type { Lab, LabNode } from "../../lab/lab.ts";
import { powerCycle } from "../convergence/power-cycle.ts";
import type { Stopwatch } from "../convergence/stopwatch.ts";
import { stopServices } from "../process/supervise.ts";
import { factsLimitMs } from "./converge.ts";
import { waitForFelix } from "./felix-ready.ts";
import { nodeFolder } from "./lab-folder.ts";
import { nodeCalico, plannedPods, type Release } from "./node-calico.ts";
import { connectMachine } from "./management.ts";
import { removeFromKernel } from "./remove.ts";
import { startNode } from "./start-node.ts";

/**
 * Reboots a node: Calico's programs end, and all that they made in the kernel is gone when its network is back. Pods keep their namespaces, whose
 * links come up once Felix is ready; a real node would make them anew, at any time.
 */
export async function rebootNode(
  lab: Lab,
  node: LabNode,
  release: Release,
  mode: Mode,
  watch: Stopwatch,
): Promise<void> {
  const { name, executor } = node;
  const clear = async (): Promise<void> => {
    await stopServices(executor, nodeFolder(lab, name));
    await setPods(lab, node, "down");
    await removeFromKernel(lab, node);
  };
  await powerCycle(node, clear, watch);
  if (lab.machines !== undefined) await connectMachine(lab.machines, executor, nodeFolder(lab, name));
  await startNode(executor, nodeCalico(lab, node, release, mode));
  await waitForFelix({ ...lab, nodes: [node] }, factsLimitMs(lab));
  watch.reached(`Felix ready on ${name}`);
  await setPods(lab, node, "up");
}

async function setPods(lab: Lab, { name, executor }: LabNode, state: "up" | "down"): Promise<void> {
  const lines = plannedPods(lab, name).map(({ hostDevice }) => `ip link set ${hostDevice} ${state}`);
  await runScript(executor, lines.join("\n"));
}

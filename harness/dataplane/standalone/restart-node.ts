import { LabError } from "../../core/errors.ts";
import type { Network } from "../dataplane.ts";
import { restartServices } from "../process/supervise.ts";
import { factsLimitMs } from "./converge.ts";
import { waitForFelix } from "./felix-ready.ts";
import { nodeFolder } from "./lab-folder.ts";

/** Ends Felix, BIRD and what else runs of Calico on a node, as the end of its container does, and waits until Felix is ready again. */
export async function restartNode({ lab }: Network, name: string): Promise<void> {
  const node = lab.nodes.find((candidate) => candidate.name === name);
  if (node === undefined) throw new LabError(`the lab has no node ${name}`);
  await restartServices(node.executor, nodeFolder(lab, name));
  await waitForFelix(lab, factsLimitMs(lab));
}

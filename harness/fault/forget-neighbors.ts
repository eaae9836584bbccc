import type { Network } from "../dataplane/dataplane.ts";

/** Has the pods of a node forget their neighbors, their gateway above all, so that they ask anew. */
export async function forgetNeighbors({ pods }: Pick<Network, "pods">, node: string): Promise<void> {
  for (const pod of pods) if (pod.node === node) await pod.executor.run(["ip", "neigh", "flush", "all"]);
}

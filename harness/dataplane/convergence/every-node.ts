import type { Lab, LabNode } from "../../lab/lab.ts";

/**
 * Does something on all nodes side by side. Waits for all even where one fails, and then throws the first failure: an undo
 * must not meet work that is still under way.
 */
export async function onEveryNode<T>(lab: Lab, work: (node: LabNode) => Promise<T>): Promise<readonly T[]> {
  const settled = await Promise.allSettled(lab.nodes.map(work));
  return settled.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}

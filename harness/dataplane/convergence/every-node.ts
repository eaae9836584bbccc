import type { Lab, LabNode } from "../../lab/lab.ts";
import { settleAll } from "../../core/settle.ts";

/** Does something on all nodes side by side, and waits for all of them also where one fails. */
export function onEveryNode<T>(lab: Lab, work: (node: LabNode) => Promise<T>): Promise<readonly T[]> {
  return settleAll(lab.nodes.map(work));
}

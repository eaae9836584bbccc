import type { Lab, LabNode } from "./lab.ts";

/** The node of a lab by its name. */
export function labNode(lab: Lab, name: string): LabNode {
  const node = lab.nodes.find((candidate) => candidate.name === name);
  if (node === undefined) throw new RangeError(`the lab has no node ${name}`);
  return node;
}

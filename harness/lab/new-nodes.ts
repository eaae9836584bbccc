import type { Lab } from "./lab.ts";

/** A whole lab with no nodes but those that had no part in it before. */
export function withNewNodes(before: Lab, whole: Lab): Lab {
  return { ...whole, nodes: whole.nodes.filter(({ name }) => before.nodes.every((node) => node.name !== name)) };
}

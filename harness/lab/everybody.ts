import type { Lab, LabNode } from "./lab.ts";

/** All in whom packets are captured: nodes, routers and hosts outside. */
export function everybody({ nodes, routers, external = [] }: Lab): readonly LabNode[] {
  return [...nodes, ...routers, ...external];
}

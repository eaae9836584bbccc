import type { DataplaneFacts } from "../dataplane/dataplane.ts";
import type { NodeFacts } from "../dataplane/node-facts.ts";

/** Every node and router whose kernel was read. */
export function machinesIn({ nodes, routers = [] }: DataplaneFacts): readonly NodeFacts[] {
  return [...nodes, ...routers];
}

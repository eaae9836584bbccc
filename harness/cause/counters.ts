import type { DataplaneFacts } from "../dataplane/dataplane.ts";
import type { NodeFacts } from "../dataplane/node-facts.ts";
import type { Incident } from "./cause.ts";

/** Kernel counters of a node, router or pod that grew while probes ran, the most first; of pods, which nobody asked before, all that they ever counted. */
export function grownOn(
  { network: { facts, before } }: Incident,
  place: string,
): readonly (readonly [string, number])[] {
  const now = factsOf(facts, place)?.counters ?? {};
  const earlier = before === undefined ? {} : (factsOf(before, place)?.counters ?? {});
  return Object.entries(now)
    .map(([name, value]) => [name, value - (earlier[name] ?? 0)] as const)
    .filter(([, grown]) => grown > 0)
    .toSorted(([, a], [, b]) => b - a);
}

/** The facts of a node, router or pod. */
export function factsOf({ nodes, routers = [], pods = [] }: DataplaneFacts, place: string): NodeFacts | undefined {
  return [...nodes, ...routers, ...pods].find(({ node }) => node === place);
}

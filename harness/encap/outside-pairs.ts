import type { Plan, PlannedNode } from "../topology/plan.ts";
import { clientsOf } from "./nodeport-paths.ts";
import { allPairs, onePairPerClass, type NodePair } from "./node-pairs.ts";

/** Each node does its own NAT, so that every one is a source; hosts outside take turns in the quick profile. */
export function toOutside({ nodes, external = [], topology }: Plan, all: boolean): readonly NodePair[] {
  const clients = (topology.external ?? []).filter(({ role }) => role === "client").map(({ name }) => name);
  const servers = external.filter(({ name }) => !clients.includes(name));
  return nodes
    .filter(({ pods }) => pods.length > 0)
    .flatMap((source, index) =>
      servers.filter((_, place) => all || place === index % servers.length).map((target): NodePair => [source, target]),
    );
}

/**
 * The node that is dialed and the one with the backend, for requests from outside: each class of pairs in the quick profile. With
 * externalTrafficPolicy Local only a node with a backend answers, and the others must not.
 */
export function toNodePorts(plan: Plan, all: boolean): readonly NodePair[] {
  if (clientsOf(plan).length === 0) return [];
  const can = (_: PlannedNode, target: PlannedNode): boolean => target.pods.length > 0;
  if (all) return allPairs(plan.nodes, can);
  // The second leg is of the same pairs as the request.
  return onePairPerClass(plan.nodes, 0, can);
}

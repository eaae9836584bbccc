import { groupBy } from "../core/group-by.ts";
import type { Plan, PlannedNode } from "../topology/plan.ts";
import { balancedEntry } from "../topology/load-balancers.ts";
import { clientsOf } from "./nodeport-paths.ts";
import { localityOf } from "./locality-of.ts";
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
 * The node at which requests to load balancers come in and the one with the backend: where routers lead all of them to one node, with
 * externalTrafficPolicy Cluster; with Local where the backend is.
 */
export function toBalancers(plan: Plan, policy: "masqueraded" | "local", all: boolean): readonly NodePair[] {
  if (plan.topology.loadBalancers === undefined || clientsOf(plan).length === 0) return [];
  const targets = plan.nodes.filter(({ pods }) => pods.length > 0);
  if (policy === "local") {
    const chosen = all ? targets : firstOfEach(targets, ({ uplink }) => uplink.segment);
    return chosen.map((node): NodePair => [node, node]);
  }
  const entry = plan.nodes.find(({ name }) => name === balancedEntry(plan.topology));
  if (entry === undefined) return [];
  const pairs = targets.map((target): NodePair => [entry, target]);
  return all ? pairs : firstOfEach(pairs, (pair) => localityOf(...pair));
}

function firstOfEach<Item>(items: readonly Item[], kindOf: (item: Item) => string): readonly Item[] {
  return [...groupBy(items, kindOf).values()].map(([first]) => first).filter((first) => first !== undefined);
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

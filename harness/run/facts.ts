import { groupBy } from "../core/group-by.ts";
import type { Dataplane, DataplaneFacts, Network } from "../dataplane/dataplane.ts";
import type { NodeFacts } from "../dataplane/node-facts.ts";
import { readWholeFacts } from "../dataplane/facts/read-node-facts.ts";
import type { Path } from "../encap/path.ts";
import { prefixedExecutor } from "../exec/namespace/prefix.ts";
import type { LabNode } from "../lab/lab.ts";

/** Pods that are looked into at the most: where more fail, what is wrong is not in a pod. */
const mostPods = 12;

/** What the networks of pods at the ends of failing paths hold, those of most such paths first; none where they cannot be asked. */
export async function readPodFacts(network: Network, failing: readonly Path[]): Promise<readonly NodeFacts[]> {
  const ends = groupBy(
    failing.flatMap(({ source, target }) => [source.pod, target.pod]),
    (pod) => pod ?? "",
  );
  const pods = network.pods
    .filter(({ name }) => ends.has(name))
    .toSorted((a, b) => (ends.get(b.name)?.length ?? 0) - (ends.get(a.name)?.length ?? 0));
  return readWholeFacts(pods.slice(0, mostPods)).catch(() => []);
}

/**
 * What every node and router of a network holds at this moment: routers are no dataplane's, and still may drop packets. Of a
 * `blind` one nothing can be read.
 */
export async function readFacts(
  dataplane: Dataplane,
  network: Network,
  blind: readonly string[] = [],
): Promise<DataplaneFacts> {
  const { lab } = network;
  const nodes = lab.nodes.map((node) => (blind.includes(node.name) ? blinded(node) : node));
  const [facts, routers] = await Promise.all([
    dataplane.facts(blind.length === 0 ? network : { ...network, lab: { ...lab, nodes } }),
    readWholeFacts(lab.routers),
  ]);
  return { ...facts, routers };
}

/** The same node, on which no program is found: what is to be run there fails as on an image without it. */
function blinded(node: LabNode): LabNode {
  const { executor } = node;
  return {
    ...node,
    executor: prefixedExecutor(executor, { argv: ["env", "PATH=/nonexistent"], where: executor.where }),
  };
}

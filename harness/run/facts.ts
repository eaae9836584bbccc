import type { Dataplane, DataplaneFacts, Network } from "../dataplane/dataplane.ts";
import { readWholeFacts } from "../dataplane/facts/read-node-facts.ts";
import { prefixedExecutor } from "../exec/namespace/prefix.ts";
import type { LabNode } from "../lab/lab.ts";

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

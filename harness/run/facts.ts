import type { Dataplane, DataplaneFacts, Network } from "../dataplane/dataplane.ts";
import { readWholeFacts } from "../dataplane/facts/read-node-facts.ts";

/** What every node and router of a network holds at this moment: routers are no dataplane's, and still may drop packets. */
export async function readFacts(dataplane: Dataplane, network: Network): Promise<DataplaneFacts> {
  const [facts, routers] = await Promise.all([dataplane.facts(network), readWholeFacts(network.lab.routers)]);
  return { ...facts, routers };
}

import type { Executor } from "../../exec/executor.ts";
import { describeParts } from "../../underlay/containers/discover.ts";
import { findAllParts, findParts } from "../../underlay/containers/parts.ts";
import type { LabRef } from "../../lab/lab.ts";
import { findNodeContainers } from "./node-containers.ts";
import { provider } from "./kind-names.ts";

/** Finds all labs of kind clusters on the engine, also those of which only nodes, networks or a router are left. */
export async function discoverClusters(host: Executor): Promise<readonly LabRef[]> {
  const nodes = await findNodeContainers(host);
  // Where there are nodes, an engine that does not tell of their owner must not make them stale.
  const all = await (nodes.length > 0 ? findParts(host) : findAllParts(host));
  const parts = all.filter((part) => part.provider === provider);
  const runs = new Set([...nodes, ...parts].map(({ runId }) => runId));
  return Promise.all(
    [...runs].map(async (runId): Promise<LabRef> => {
      const containers = nodes.filter((node) => node.runId === runId).map(({ name }) => `container ${name}`);
      const own = parts.filter((part) => part.runId === runId);
      // Networks are made first and removed last: nodes without any have lost their owner's name, and their owner.
      if (own.length === 0) return { runId, provider, parts: containers, state: "stale" };
      const ref = await describeParts(runId, provider, own, host);
      return { ...ref, parts: [...containers, ...ref.parts] };
    }),
  );
}

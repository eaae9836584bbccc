import { LabError } from "../../core/errors.ts";
import type { Executor } from "../../exec/executor.ts";
import { shellQuote } from "../../exec/quote.ts";
import { destroyContainers } from "../../underlay/containers/destroy.ts";
import { findNodeContainers } from "./node-containers.ts";

/** Milliseconds for Docker to remove all nodes: `kind delete cluster` took 10 s for four (measured), and 84 s on a machine with much else to do. */
export const removalTimeoutMs = 180_000;

/**
 * Removes everything of a lab: the nodes of its cluster, and what `kind delete cluster` leaves: routers, the networks that nodes hold on
 * to, label and kubeconfig. Needs Docker and not kind. Removing what is gone already is no error.
 */
export async function removeCluster(runId: string, host: Executor): Promise<void> {
  const nodes = (await findNodeContainers(host, runId)).map(({ name }) => name);
  if (nodes.length > 0) {
    // Side by side: one command for all would end one node after the other.
    const answers = await Promise.all(
      nodes.map((node) => host.tryRun(["docker", "rm", "--force", "--volumes", node], { timeoutMs: removalTimeoutMs })),
    );
    // One that somebody else has just removed is no failure; what is left is.
    const left = await findNodeContainers(host, runId);
    if (left.length > 0) {
      throw new LabError(`nodes of lab ${runId} could not be removed: ${left.map(({ name }) => name).join(", ")}`, {
        tail: answers
          .map(({ stderr }) => stderr)
          .join("")
          .trim(),
        fix: shellQuote(["docker", "rm", "--force", "--volumes", ...left.map(({ name }) => name)]),
      });
    }
  }
  await destroyContainers(runId, host);
}

import { runBatch } from "../exec/batch.ts";
import type { Network } from "../dataplane/dataplane.ts";
import type { PathExpectation } from "../encap/expectation.ts";

/**
 * What `ip route get` answers on each path's source node, by path id: the kernel's own word on where the packets go.
 * A pod's packets are looked up as the node sees them: coming from the pod's address through its veth.
 */
export async function readRouteLookups(
  network: Network,
  expectations: readonly PathExpectation[],
): Promise<ReadonlyMap<string, string>> {
  const answers = await Promise.all(
    network.lab.nodes.map(({ name, executor }) => {
      const own = expectations.filter(({ path }) => path.source.node === name);
      const commands = own.map((expectation) => ({ id: expectation.path.id, argv: lookup(network, expectation) }));
      return runBatch(executor, commands, { parallel: 2 });
    }),
  );
  return new Map(
    answers.flatMap((batch) => [...batch].map(([id, { stdout, stderr }]) => [id, stdout.trim() || stderr.trim()])),
  );
}

function lookup(network: Network, { path, forward }: PathExpectation): readonly string[] {
  const family = `-${path.family}`;
  const pod = network.identities.pods.find(({ name }) => name === path.source.pod);
  const from = pod?.addresses[path.family];
  const origin = pod === undefined || from === undefined ? [] : ["from", from, "iif", pod.hostDevice];
  return ["ip", family, "route", "get", forward.destination, ...origin];
}

import { groupBy } from "../core/group-by.ts";
import type { Network } from "../dataplane/dataplane.ts";
import type { PathExpectation } from "../encap/expectation.ts";
import { shellQuote } from "../exec/quote.ts";
import { runEverywhere } from "../exec/run-everywhere.ts";
import { hostsOf } from "../topology/hosts-of.ts";

/** Stands before each answer; no output of ip(8) looks like it. */
const heading = "--path--";

/**
 * What `ip route get` answers on each path's source node, by path id: the kernel's own word on where the packets go.
 * A pod's packets are looked up as the node sees them: coming from the pod's address through its veth.
 */
export async function readRouteLookups(
  network: Network,
  expectations: readonly PathExpectation[],
): Promise<ReadonlyMap<string, string>> {
  const bySource = groupBy(expectations, ({ path }) => path.source.node);
  const places = hostsOf(network.lab).filter(({ name }) => bySource.has(name));
  const results = await runEverywhere(
    places.map(({ name, executor }) => {
      const lines = (bySource.get(name) ?? []).map(
        (expectation) => `echo '${heading}'; ${shellQuote(lookup(network, expectation))} 2>&1`,
      );
      return { executor, script: lines.join("\n") };
    }),
  );
  return new Map(
    places.flatMap(({ name }, index) => {
      const answers = `\n${results[index]?.stdout ?? ""}`.split(`\n${heading}\n`).slice(1);
      return (bySource.get(name) ?? []).map(({ path }, order) => [path.id, (answers[order] ?? "").trim()] as const);
    }),
  );
}
function lookup(network: Network, { path, forward }: PathExpectation): readonly string[] {
  const family = `-${path.family}`;
  const pod = network.identities.pods.find(({ name }) => name === path.source.pod);
  const from = pod?.addresses[path.family];
  const origin = pod === undefined || from === undefined ? [] : ["from", from, "iif", pod.hostDevice];
  return ["ip", family, "route", "get", forward.destination, ...origin];
}

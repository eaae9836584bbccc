import { LabError } from "../../core/errors.ts";
import { poll, type Look } from "../../core/poll.ts";
import { expectControlPlane } from "../../encap/control-plane.ts";
import type { Identities } from "../../encap/identity.ts";
import type { Mode } from "../../encap/mode.ts";
import type { Lab } from "../../lab/lab.ts";
import type { RunningPod } from "../dataplane.ts";
import { firstUnmetState } from "../convergence/unmet-state.ts";
import type { Stopwatch } from "../convergence/stopwatch.ts";
import { readNodeFacts } from "../facts/read-node-facts.ts";
import { deliveringPairs } from "../convergence/must-deliver.ts";
import { pingAll } from "../convergence/ping-all.ts";
import { factSteps } from "../convergence/unmet.ts";

/** Milliseconds for Felix and BIRD to program every node: seconds are usual, 45 s after a restart of all calico-node. */
const factsTimeoutMs = 90_000;

/** The same on a cluster that is judged as it is: what is not there by then is a finding and no reason to wait. */
const asItIsTimeoutMs = 10_000;

const pingTimeoutMs = 45_000;

/** What is waited for. */
export interface Convergable {
  readonly lab: Lab;
  readonly mode: Mode;
  readonly pods: readonly RunningPod[];
  /** Read anew at each look: a change of mode can change tunnel addresses. */
  readonly identities: () => Promise<Identities>;
  /** Whether the cluster is judged as it is: then a state that never comes is a note. */
  readonly asItIs: boolean;
}

/** Waits for kernel state and pings; returns the identities, and a note where a cluster as it is never gets there. */
export async function convergeCluster(
  what: Convergable,
  watch: Stopwatch,
): Promise<{ readonly identities: Identities; readonly notes: readonly string[] }> {
  try {
    const identities = await walkFacts(what, watch);
    await pings(what, identities, watch);
    return { identities, notes: [] };
  } catch (error) {
    if (!what.asItIs || !(error instanceof LabError)) throw error;
    return { identities: await what.identities(), notes: [error.message] };
  }
}

async function walkFacts({ lab, mode, identities: read, asItIs }: Convergable, watch: Stopwatch): Promise<Identities> {
  let furthestYet = 0;
  const look = async (): Promise<Look<Identities>> => {
    const identities = await read();
    const troubles = await troublesOf(lab, mode, identities);
    const furthest = Math.min(factSteps.length, ...troubles.map(({ step }) => factSteps.indexOf(step)));
    for (const step of factSteps.slice(furthestYet, furthest)) watch.reached(step);
    furthestYet = Math.max(furthestYet, furthest);
    if (troubles.length === 0) return { done: true, value: identities };
    // What is missing on every node, the furthest behind first.
    const behind = troubles.toSorted((a, b) => factSteps.indexOf(a.step) - factSteps.indexOf(b.step));
    return { done: false, seen: behind.map(({ node, step, seen }) => `${node} (${step}): ${seen}`).join("; ") };
  };
  return poll(look, {
    what: `Calico to program every node for ${mode.calicoName}`,
    timeoutMs: asItIs ? asItIsTimeoutMs : factsTimeoutMs,
    intervalMs: 300,
    fix: "see diagnostics/ in the results: calico-node's log of the nodes that are behind",
  });
}

interface Trouble {
  readonly node: string;
  readonly step: (typeof factSteps)[number];
  readonly seen: string;
}

async function troublesOf(lab: Lab, mode: Mode, identities: Identities): Promise<readonly Trouble[]> {
  const expected = expectControlPlane(lab.plan, mode, identities);
  const facts = await readNodeFacts(lab.nodes);
  return expected.flatMap((state): readonly Trouble[] => {
    const { node } = state;
    const fact = facts.find((candidate) => candidate.node === node);
    const unmet = fact === undefined ? undefined : firstUnmetState(state, fact);
    return unmet === undefined ? addressless(identities, mode, node) : [{ node, ...unmet }];
  });
}

/** Without a tunnel address the expectation has no tunnel, and without a block no route: neither must pass for converged. */
function addressless(identities: Identities, mode: Mode, node: string): readonly Trouble[] {
  const own = identities.nodes.find(({ name }) => name === node);
  const hasTunnel = Object.keys(own?.tunnelAddresses ?? {}).length > 0;
  const hasBlock = Object.values(own?.blocks ?? {}).some((blocks) => blocks.length > 0);
  return [
    ...(mode.encapsulation === "none" || hasTunnel
      ? []
      : [{ node, step: "device", seen: "Calico has given the node no tunnel address (annotation)" } as const]),
    ...(hasBlock ? [] : [{ node, step: "route", seen: "Calico has given the node no block of addresses" } as const]),
  ];
}

async function pings(
  { lab, mode, pods, asItIs }: Convergable,
  identities: Identities,
  watch: Stopwatch,
): Promise<void> {
  const pairs = deliveringPairs(lab.plan, mode).flatMap((pair) => {
    const address = identities.pods.find(({ name }) => name === pair.to)?.addresses[pair.family];
    return address === undefined ? [] : [{ ...pair, address }];
  });
  if (pairs.length === 0) return;
  await pingAll(pods, pairs, asItIs ? asItIsTimeoutMs : pingTimeoutMs);
  watch.reached(`ping over ${pairs.length} pairs`);
}

import { LabError } from "../../core/errors.ts";
import type { Identities } from "../../encap/identity.ts";
import type { Mode } from "../../encap/mode.ts";
import type { Lab } from "../../lab/lab.ts";
import type { RunningPod } from "../dataplane.ts";
import type { Stopwatch } from "../convergence/stopwatch.ts";
import { controlPlaneTroubles } from "../convergence/control-plane-troubles.ts";
import { pingPairs } from "../convergence/ping-pairs.ts";
import { walkFacts } from "../convergence/walk-facts.ts";

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
    const { lab, mode, pods, asItIs } = what;
    const identities = await waitForFacts(what, watch);
    const pairs = await pingPairs(lab.plan, mode, identities, pods, asItIs ? asItIsTimeoutMs : pingTimeoutMs);
    if (pairs > 0) watch.reached(`ping over ${pairs} pairs`);
    return { identities, notes: [] };
  } catch (error) {
    if (!what.asItIs || !(error instanceof LabError)) throw error;
    return { identities: await what.identities(), notes: [error.message] };
  }
}

function waitForFacts({ lab, mode, identities, asItIs }: Convergable, watch: Stopwatch): Promise<Identities> {
  return walkFacts(
    async () => {
      const value = await identities();
      return { value, troubles: await controlPlaneTroubles(lab, mode, value) };
    },
    watch,
    {
      what: `Calico to program every node for ${mode.calicoName}`,
      timeoutMs: asItIs ? asItIsTimeoutMs : factsTimeoutMs,
      intervalMs: 300,
      fix: "see diagnostics/ in the results: calico-node's log of the nodes that are behind",
    },
  );
}

import type { Stopwatch } from "../convergence/stopwatch.ts";
import { controlPlaneTroubles } from "../convergence/control-plane-troubles.ts";
import { pingPairs } from "../convergence/ping-pairs.ts";
import { walkFacts, type NodeTrouble } from "../convergence/walk-facts.ts";
import { LabError } from "../../core/errors.ts";
import type { Identities } from "../../encap/identity.ts";
import type { Mode } from "../../encap/mode.ts";
import type { Lab } from "../../lab/lab.ts";
import type { LabNode } from "../../lab/lab.ts";
import type { RunningPod } from "../dataplane.ts";
import { waitForFabric } from "../fabric/bgp-fabric.ts";
import { asRegistered } from "./as-registered.ts";
import { waitForFelix } from "./felix-ready.ts";
import { nodeFolder } from "./lab-folder.ts";
import { logTail } from "./log-tail.ts";
import { managementExecutor } from "./management.ts";
import { patienceWith } from "../convergence/patience.ts";
import { lacking, readIdentities, readRegistrations } from "./read-identities.ts";
import { assertNoCrashLoop } from "./restarts.ts";

/**
 * Milliseconds for Felix and BIRD to program every node (6 s are usual, 40 s under emulation), and for the pings after
 * that, which may wait for Felix's policy of a new pod.
 */
const factsTimeoutMs = 90_000;
const pingTimeoutMs = 30_000;

/** Milliseconds for Felix and BIRD of a lab to come to where they shall be. */
export function factsLimitMs(lab: Lab): number {
  return factsTimeoutMs * Math.min(2, patienceWith(lab));
}

/**
 * Waits until every node's kernel holds what the mode needs for the addresses that Calico gave out, then until Felix says that it is
 * ready, then until every pair that must deliver has answered a ping; returns those addresses. Identities are read anew at each look: a
 * change of mode can change tunnel addresses.
 */
export async function convergeCalico(
  lab: Lab,
  mode: Mode,
  pods: readonly RunningPod[],
  watch: Stopwatch,
): Promise<Identities> {
  const identities = await waitForFacts(lab, mode, watch);
  if (await waitForFabric(lab, identities)) watch.reached("fabric");
  await waitForFelix(lab, factsLimitMs(lab));
  watch.reached("Felix ready");
  const pairs = await pingPairs(lab.plan, mode, identities, pods, pingTimeoutMs * patienceWith(lab));
  if (pairs > 0) watch.reached(`ping over ${pairs} pairs`);
  return identities;
}

async function waitForFacts(lab: Lab, mode: Mode, watch: Stopwatch): Promise<Identities> {
  let worst: LabNode | undefined;
  try {
    return await walkFacts(
      () => lookAtAll(lab, mode),
      watch,
      { what: "Calico to program every node", timeoutMs: factsLimitMs(lab), intervalMs: 50 * patienceWith(lab) },
      async ({ node }) => {
        worst = lab.nodes.find(({ name }) => name === node);
        if (worst !== undefined) await assertNoCrashLoop(worst.executor, nodeFolder(lab, worst.name));
      },
    );
  } catch (error) {
    if (worst === undefined || (error instanceof LabError && error.details.tail !== undefined)) throw error;
    throw await logTail(error, worst.executor, `${nodeFolder(lab, worst.name)}/felix.log`);
  }
}

async function lookAtAll(lab: Lab, mode: Mode): Promise<{ value: Identities; troubles: readonly NodeTrouble[] }> {
  const value = await readIdentities(managementExecutor(lab), lab.plan, mode);
  const absent = lacking(lab.plan, value);
  if (absent !== undefined) throw new LabError(absent, { fix: "npm run lab -- down" });
  return { value, troubles: await controlPlaneTroubles(lab, mode, await programmed(lab, value)) };
}

/** Where Calico looks for addresses itself, it may have found others than the topology intends. */
async function programmed(lab: Lab, value: Identities): Promise<Identities> {
  if (lab.plan.topology.autodetection === undefined) return value;
  return asRegistered(lab.plan, value, await readRegistrations(managementExecutor(lab)));
}

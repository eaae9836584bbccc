import type { Stopwatch } from "../convergence/stopwatch.ts";
import { LabError } from "../../core/errors.ts";
import { poll, type Look } from "../../core/poll.ts";
import { expectControlPlane } from "../../encap/control-plane.ts";
import type { Identities } from "../../encap/identity.ts";
import type { Mode } from "../../encap/mode.ts";
import type { Lab } from "../../lab/lab.ts";
import type { RunningPod } from "../dataplane.ts";
import { waitForFabric } from "../fabric/bgp-fabric.ts";
import { readNodeFacts } from "../facts/read-node-facts.ts";
import { deliveringPairs } from "../convergence/must-deliver.ts";
import { pingAll } from "../convergence/ping-all.ts";
import { factSteps } from "../convergence/unmet.ts";
import { waitForFelix } from "./felix-ready.ts";
import { nodeFolder } from "./lab-folder.ts";
import { logTail } from "./log-tail.ts";
import { managementExecutor } from "./management.ts";
import { patienceWith } from "./node-calico.ts";
import { lacking, readIdentities } from "./read-identities.ts";
import { assertNoCrashLoop } from "./restarts.ts";
import { firstUnmetState } from "../convergence/unmet-state.ts";

/**
 * Milliseconds for Felix and BIRD to program every node (6 s are usual, 40 s under emulation), and for the pings after
 * that, which may wait for Felix's policy of a new pod.
 */
const factsTimeoutMs = 90_000;
const pingTimeoutMs = 30_000;

function factsLimitMs(lab: Lab): number {
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
  const identities = await walkFacts(lab, mode, watch);
  if (await waitForFabric(lab, identities)) watch.reached("fabric");
  await waitForFelix(lab, factsLimitMs(lab));
  watch.reached("Felix ready");
  const pairs = deliveringPairs(lab.plan, mode).flatMap((pair) => {
    const address = identities.pods.find(({ name }) => name === pair.to)?.addresses[pair.family];
    return address === undefined ? [] : [{ ...pair, address }];
  });
  if (pairs.length === 0) return identities;
  await pingAll(pods, pairs, pingTimeoutMs * patienceWith(lab));
  watch.reached(`ping over ${pairs.length} pairs`);
  return identities;
}

async function walkFacts(lab: Lab, mode: Mode, watch: Stopwatch): Promise<Identities> {
  const patience = patienceWith(lab);
  let furthestYet = 0;
  let worst: string | undefined;
  const look = async (): Promise<Look<Identities>> => {
    const { identities, troubles } = await lookAtAll(lab, mode);
    const furthest = Math.min(factSteps.length, ...troubles.map(({ step }) => factSteps.indexOf(step)));
    for (const step of factSteps.slice(furthestYet, furthest)) watch.reached(step);
    furthestYet = Math.max(furthestYet, furthest);
    const [first] = troubles;
    if (first === undefined) return { done: true, value: identities };
    worst = first.node;
    const node = lab.nodes.find(({ name }) => name === first.node);
    if (node !== undefined) await assertNoCrashLoop(node.executor, nodeFolder(lab, node.name));
    return { done: false, seen: `node ${first.node}, step ${first.step}: ${first.seen}` };
  };
  try {
    return await poll(look, {
      what: "Calico to program every node",
      timeoutMs: factsLimitMs(lab),
      intervalMs: 50 * patience,
    });
  } catch (error) {
    const node = lab.nodes.find(({ name }) => name === worst);
    throw node === undefined || hasTail(error)
      ? error
      : await logTail(error, node.executor, `${nodeFolder(lab, node.name)}/felix.log`);
  }
}

function hasTail(error: unknown): boolean {
  return error instanceof LabError && error.details.tail !== undefined;
}

interface Trouble {
  readonly node: string;
  readonly step: (typeof factSteps)[number];
  readonly seen: string;
}

async function lookAtAll(lab: Lab, mode: Mode): Promise<{ identities: Identities; troubles: readonly Trouble[] }> {
  const identities = await readIdentities(managementExecutor(lab), lab.plan, mode);
  const absent = lacking(lab.plan, identities);
  if (absent !== undefined) throw new LabError(absent, { fix: "npm run lab -- down" });
  const expected = expectControlPlane(lab.plan, mode, identities);
  const facts = await readNodeFacts(lab.nodes);
  const troubles = expected.flatMap((state) => {
    const fact = facts.find(({ node }) => node === state.node);
    const unmet = fact === undefined ? undefined : firstUnmetState(state, fact);
    return unmet === undefined ? addressless(identities, mode, state.node) : [{ node: state.node, ...unmet }];
  });
  return { identities, troubles };
}

/** Without a tunnel address in the datastore the expectation has no tunnel, which must not pass for converged. */
function addressless(identities: Identities, mode: Mode, node: string): readonly Trouble[] {
  if (mode.encapsulation === "none") return [];
  const known = identities.nodes.find(({ name }) => name === node)?.tunnelAddresses ?? {};
  if (Object.keys(known).length > 0) return [];
  return [{ node, step: "device", seen: "no tunnel address in the datastore" }];
}

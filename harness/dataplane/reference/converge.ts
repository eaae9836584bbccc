import { systemClock } from "../../core/clock.ts";
import { poll } from "../../core/poll.ts";
import type { Executor } from "../../exec/executor.ts";
import type { Convergence, NodeFacts, RunningPod } from "../dataplane.ts";
import { readNodeFacts } from "../facts/read-node-facts.ts";
import type { DeliveringPair } from "../convergence/must-deliver.ts";
import type { NodeProgram } from "../program/node-program.ts";
import { pingAll } from "../convergence/ping-all.ts";
import { factSteps, firstUnmet, type Unmet } from "../convergence/unmet.ts";

/** Time limits of the two halves of the way: kernel state, which is there at once, and pings, which may need ARP. */
const factsTimeoutMs = 10_000;
const pingTimeoutMs = 15_000;

export interface Converging {
  readonly programs: readonly NodeProgram[];
  readonly executorOf: (node: string) => Executor;
  readonly pods: readonly RunningPod[];
  readonly pairs: readonly DeliveringPair[];
  /** Waits for what the routers must learn first; tells whether there was anything to learn. */
  readonly fabric?: () => Promise<boolean>;
  /** When the installation began, on the system clock. */
  readonly startedAt: number;
}

/** Walks device, address, neighbor and FDB, route, first ping; returns when every node is there, or throws with what was seen last. */
export async function converge(converging: Converging): Promise<Convergence> {
  const { startedAt, pods, pairs } = converging;
  const since = (): number => Math.round((systemClock.now() - startedAt) * 10) / 10;
  const steps = [{ step: "programmed", atMs: since() }, ...(await walkFacts(converging, since))];
  if ((await converging.fabric?.()) === true) steps.push({ step: "fabric", atMs: since() });
  if (pairs.length > 0) {
    await pingAll(pods, pairs, pingTimeoutMs);
    steps.push({ step: `ping over ${pairs.length} pairs`, atMs: since() });
  }
  return { totalMs: since(), steps };
}

/** Reads every node until nothing is missing; a step is reached when the last node has reached it. */
async function walkFacts(converging: Converging, since: () => number): Promise<Convergence["steps"]> {
  const reached: { step: string; atMs: number }[] = [];
  let waiting = converging.programs;
  const look = async (): Promise<{ done: true; value: undefined } | { done: false; seen: string }> => {
    const unmet = await unmetOf(waiting, converging.executorOf);
    const furthest = Math.min(factSteps.length, ...unmet.map(({ trouble }) => factSteps.indexOf(trouble.step)));
    for (const step of factSteps.slice(reached.length, furthest)) reached.push({ step, atMs: since() });
    waiting = unmet.map(({ program }) => program);
    const worst = unmet[0];
    if (worst === undefined) return { done: true, value: undefined };
    return { done: false, seen: `node ${worst.program.node}, step ${worst.trouble.step}: ${worst.trouble.seen}` };
  };
  await poll(look, { what: "the kernel state of every node", timeoutMs: factsTimeoutMs });
  return reached;
}

async function unmetOf(
  programs: readonly NodeProgram[],
  executorOf: (node: string) => Executor,
): Promise<readonly { program: NodeProgram; trouble: Unmet }[]> {
  const facts: readonly NodeFacts[] = await readNodeFacts(
    programs.map(({ node }) => ({ name: node, executor: executorOf(node) })),
  );
  return programs.flatMap((program, index) => {
    const fact = facts[index];
    const trouble = fact === undefined ? undefined : firstUnmet(program, fact);
    return trouble === undefined ? [] : [{ program, trouble }];
  });
}

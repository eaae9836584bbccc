import type { Executor } from "../../exec/executor.ts";
import type { Convergence, RunningPod } from "../dataplane.ts";
import { readNodeFacts } from "../facts/read-node-facts.ts";
import type { DeliveringPair } from "../convergence/must-deliver.ts";
import type { NodeProgram } from "../program/node-program.ts";
import { pingAll } from "../convergence/ping-all.ts";
import { firstUnmet } from "../convergence/unmet.ts";
import type { Stopwatch } from "../convergence/stopwatch.ts";
import { walkFacts, type NodeTrouble } from "../convergence/walk-facts.ts";

/** Time limits of the two halves of the way: kernel state, which is there at once, and pings, which may need ARP. */
const factsTimeoutMs = 10_000;
const pingTimeoutMs = 15_000;

export interface Converging {
  readonly programs: readonly NodeProgram[];
  readonly executorOf: (node: string) => Executor;
  readonly pods: readonly RunningPod[];
  readonly pairs: readonly DeliveringPair[];
  /** Factor for time limits; see patienceWith. */
  readonly patience: number;
  /** Waits for what the routers must learn first; tells whether there was anything to learn. */
  readonly fabric?: () => Promise<boolean>;
}

/** Walks device, address, neighbor and FDB, route, first ping; returns when every node is there, or throws with what was seen last. */
export async function converge(converging: Converging, watch: Stopwatch): Promise<Convergence> {
  const { pods, pairs, patience } = converging;
  watch.reached("programmed");
  await waitForFacts(converging, watch);
  if ((await converging.fabric?.()) === true) watch.reached("fabric");
  await pingAll(pods, pairs, pingTimeoutMs * patience);
  if (pairs.length > 0) watch.reached(`ping over ${pairs.length} pairs`);
  return watch.convergence();
}

/** Nodes that lack nothing any more are not read again. */
async function waitForFacts({ programs, executorOf, patience }: Converging, watch: Stopwatch): Promise<void> {
  let waiting = programs;
  const look = async (): Promise<{ value: undefined; troubles: readonly NodeTrouble[] }> => {
    const troubles = await troublesOf(waiting, executorOf);
    const behind = new Set(troubles.map(({ node }) => node));
    waiting = programs.filter(({ node }) => behind.has(node));
    return { value: undefined, troubles };
  };
  await walkFacts(look, watch, { what: "the kernel state of every node", timeoutMs: factsTimeoutMs * patience });
}

async function troublesOf(
  programs: readonly NodeProgram[],
  executorOf: (node: string) => Executor,
): Promise<readonly NodeTrouble[]> {
  const facts = await readNodeFacts(programs.map(({ node }) => ({ name: node, executor: executorOf(node) })));
  return programs.flatMap((program, index) => {
    const fact = facts[index];
    const unmet = fact === undefined ? undefined : firstUnmet(program, fact);
    return unmet === undefined ? [] : [{ node: program.node, ...unmet }];
  });
}

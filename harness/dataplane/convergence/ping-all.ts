import { poll, type Look } from "../../core/poll.ts";
import { groupBy } from "../../core/group-by.ts";
import { runScripts } from "../../exec/run-everywhere.ts";
import type { RunningPod } from "../dataplane.ts";
import type { DeliveringPair } from "./must-deliver.ts";

/** Senders that one process serves at a time: their pings wait. */
const parallelSenders = 8;

/** Seconds that an answer may take: two, and on machines that are given more time as much more. */
function answerSeconds(timeoutMs: number): number {
  return Math.max(2, Math.round(timeoutMs / 8000));
}

/** Waits until every pair has had one answer, all side by side, in few processes. */
export async function pingAll(
  pods: readonly RunningPod[],
  pairs: readonly DeliveringPair[],
  timeoutMs: number,
): Promise<void> {
  const podNamed = new Map(pods.map((pod) => [pod.name, pod]));
  let waiting = pairs.filter(({ from }) => podNamed.has(from));
  const look = async (): Promise<Look<undefined>> => {
    const silent = await silentAddresses(podNamed, waiting, answerSeconds(timeoutMs));
    waiting = waiting.filter(({ from, address }) => silent.get(from)?.has(address) === true);
    const [missing] = waiting;
    if (missing === undefined) return { done: true, value: undefined };
    const { to, from, address } = missing;
    const where = podNamed.get(from)?.executor.where ?? from;
    return { done: false, seen: `${to} (${address}) does not answer pings from ${from}, which is ${where}` };
  };
  await poll(look, { what: "the first ping from every pod to pods on other nodes", timeoutMs });
}

/** Sends echo requests to every target side by side until its first answer; names, by sender, those that gave none in time. */
async function silentAddresses(
  pods: ReadonlyMap<string, RunningPod>,
  pairs: readonly DeliveringPair[],
  seconds: number,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const senders = [...groupBy(pairs, ({ from }) => from)].flatMap(([from, own]) => {
    const pod = pods.get(from);
    return pod === undefined ? [] : [{ from, executor: pod.executor, script: pingScript(own, seconds) }];
  });
  const results = await runScripts(senders, { parallel: parallelSenders });
  const silent = results.map(({ stdout }) => new Set(stdout.split("\n").filter((line) => line !== "")));
  return new Map(senders.map(({ from }, index) => [from, silent[index] ?? new Set()]));
}

function pingScript(pairs: readonly DeliveringPair[], seconds: number): string {
  const pings = pairs.map(
    ({ address, family }) =>
      `{ ping -${family} -n -q -c 1 -i 0.2 -w ${seconds} ${address} >/dev/null 2>&1 || echo ${address}; } &`,
  );
  return `${pings.join("\n")}\nwait\n`;
}

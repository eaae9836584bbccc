import { poll, type Look } from "../../core/poll.ts";
import { runScript } from "../../exec/script.ts";
import type { RunningPod } from "../dataplane.ts";
import type { DeliveringPair } from "./must-deliver.ts";

/** Waits until every pair has had one answer, all side by side, one process tree per sending pod. */
export async function pingAll(
  pods: readonly RunningPod[],
  pairs: readonly DeliveringPair[],
  timeoutMs: number,
): Promise<void> {
  const senders = pods.filter((pod) => pairs.some((pair) => pair.from === pod.name));
  await Promise.all(
    senders.map((sender) => {
      let waiting = pairs.filter((pair) => pair.from === sender.name);
      const look = async (): Promise<Look<undefined>> => {
        const silent = await silentAddresses(sender, waiting);
        waiting = waiting.filter((pair) => silent.has(pair.address));
        const missing = waiting[0];
        if (missing === undefined) return { done: true, value: undefined };
        return { done: false, seen: `${missing.to} (${missing.address}) does not answer pings from ${sender.name}` };
      };
      const what = `the first ping from ${sender.name} to pods on other nodes`;
      return poll(look, { what, timeoutMs, where: sender.executor.where });
    }),
  );
}

/** Sends echo requests to every target side by side until its first answer; names those that gave none in two seconds. */
async function silentAddresses(sender: RunningPod, pairs: readonly DeliveringPair[]): Promise<ReadonlySet<string>> {
  const pings = pairs.map(
    ({ address, family }) =>
      `{ ping -${family} -n -q -c 1 -i 0.2 -w 2 ${address} >/dev/null 2>&1 || echo ${address}; } &`,
  );
  const { stdout } = await runScript(sender.executor, `${pings.join("\n")}\nwait\n`);
  return new Set(stdout.split("\n").filter((line) => line !== ""));
}

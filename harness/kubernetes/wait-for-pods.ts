import { systemClock } from "../core/clock.ts";
import { LabError } from "../core/errors.ts";
import { poll, type Look } from "../core/poll.ts";
import { getObjects, tryKubectl, type ClusterAccess } from "./access.ts";
import { isReady, podTrouble, type PodObject } from "./pod-state.ts";

/** Milliseconds for pods to run: seconds where the image is there, up to two minutes where it must be pulled. */
const podsTimeoutMs = 150_000;

/** Default of how long a trouble must last: schedulers and runtimes fail for a moment and try again. */
const usualLastingMs = 8_000;

/** Which pods are waited for. */
export interface AwaitedPods {
  readonly namespace: string;
  /** Label selector. */
  readonly selector: string;
  /** What they are, for errors: "agents". */
  readonly what: string;
  readonly count: number;
  readonly timeoutMs?: number;
  /** Milliseconds that a trouble must last to count; default 8 s. */
  readonly lastingMs?: number;
}

/** Waits until so many pods run; ends early, with the cause and the way out, where one never will. */
export async function waitForPods(access: ClusterAccess, awaited: AwaitedPods): Promise<readonly PodObject[]> {
  const { namespace, selector, what, count, timeoutMs = podsTimeoutMs, lastingMs = usualLastingMs } = awaited;
  const since = new Map<string, number>();
  const look = async (): Promise<Look<readonly PodObject[]>> => {
    const pods = await getObjects<PodObject>(access, ["pods", "-n", namespace, "-l", selector]);
    const troubles = pods.flatMap((pod) => podTrouble(pod) ?? []);
    const lasting = troubles.find((trouble) => trouble.lasting && lasts(since, trouble.what) >= lastingMs);
    if (lasting !== undefined) {
      const { what: message, fix } = lasting;
      throw new LabError(message, { where: access.name, ...(fix === undefined ? {} : { fix }) });
    }
    if (pods.filter(isReady).length >= count) return { done: true, value: pods };
    return { done: false, seen: troubles[0]?.what ?? (await refusal(access, awaited, pods.length)) };
  };
  return poll(look, { what: `${count} ${what} to run`, timeoutMs, intervalMs: 250, where: access.name });
}

/** Milliseconds since a trouble was first told. */
function lasts(since: Map<string, number>, what: string): number {
  // The messages of one trouble change with each attempt.
  const key = what.split(":")[0] ?? what;
  const first = since.get(key) ?? systemClock.now();
  since.set(key, first);
  return systemClock.now() - first;
}

/** Why there are too few pods at all: quotas and admission rules show in events of their owner only. */
async function refusal(access: ClusterAccess, { namespace, what, count }: AwaitedPods, there: number): Promise<string> {
  const format = "jsonpath={range .items[*]}{.reason}: {.message}{'\\n'}{end}";
  const { stdout } = await tryKubectl(access, ["get", "events", "-n", namespace, "-o", format]);
  const failed = stdout.split("\n").findLast((line) => line.startsWith("Failed"));
  return failed ?? `${there} of ${count} ${what} exist`;
}

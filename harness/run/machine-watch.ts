import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { parseMachineState, useBetween, type MachineState } from "../measure/machine-state.ts";

/** How this machine fared while probes ran on it. */
export interface MachineStrain {
  readonly cpus: number;
  /** Processes that wanted to run, averaged over the last minute (/proc/loadavg). */
  readonly load: number;
  /** Fraction of all processors' time in which the hypervisor ran something else. */
  readonly stolen: number;
  /** Milliseconds by which this program's own timers were late at worst. */
  readonly lateMs: number;
  /** Packets that the kernel threw away since it did not get round to them (/proc/net/softnet_stat, second column). */
  readonly dropped: number;
}

/** Beyond these a machine may lose or delay packets that no network lost: measured on labs that were sound. */
const limits = { loadPerCpu: 4, stolen: 0.2, lateMs: 250 } as const;

/** Why what was lost may be the machine's doing; undefined where it may not. Pure. */
export function tooBusy({ cpus, load, stolen, lateMs, dropped }: MachineStrain): string | undefined {
  const words = [
    ...(load > limits.loadPerCpu * cpus ? [`a load of ${load.toFixed(0)} on ${cpus} CPUs`] : []),
    ...(stolen > limits.stolen ? [`${(100 * stolen).toFixed(0)} % of its time stolen by the hypervisor`] : []),
    ...(lateMs > limits.lateMs ? [`timers up to ${lateMs.toFixed(0)} ms late`] : []),
    ...(dropped > 0 ? [`${dropped} packets dropped in the kernel's own queue`] : []),
  ];
  return words.length === 0 ? undefined : words.join(", ");
}

/** Begins to watch this machine; the function that it returns ends it and tells. */
export async function watchMachine(): Promise<() => Promise<MachineStrain>> {
  const before = await readStrain();
  const lateness = watchTimers();
  return async () => {
    const lateMs = lateness();
    const after = await readStrain();
    const { stolen } = useBetween(before.state, after.state);
    return {
      cpus: availableParallelism(),
      load: after.state.load,
      stolen,
      lateMs,
      dropped: Math.max(0, after.dropped - before.dropped),
    };
  };
}

/** Milliseconds between two looks at the clock. */
const tickMs = 20;

/** How late a timer of this program came at worst, until it is asked. */
function watchTimers(): () => number {
  let last = performance.now();
  let worst = 0;
  const look = (): void => {
    const now = performance.now();
    worst = Math.max(worst, now - last - tickMs);
    last = now;
  };
  const timer = setInterval(look, tickMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    look();
    return worst;
  };
}

async function readStrain(): Promise<{ readonly state: MachineState; readonly dropped: number }> {
  const read = (file: string): Promise<string> => readFile(file, "utf8").catch(() => "");
  const [load, stat, softnet] = await Promise.all([
    read("/proc/loadavg"),
    read("/proc/stat"),
    read("/proc/net/softnet_stat"),
  ]);
  return { state: parseMachineState(`${load}\n${stat}`), dropped: droppedIn(softnet) };
}

/** Reads /proc/net/softnet_stat: a line for each processor, in hexadecimal; the second word counts what its queue had no room for. */
export function droppedIn(softnet: string): number {
  const lines = softnet.split("\n").filter((line) => line.trim() !== "");
  return lines.reduce((sum, line) => sum + (parseInt(line.trim().split(/\s+/)[1] ?? "", 16) || 0), 0);
}

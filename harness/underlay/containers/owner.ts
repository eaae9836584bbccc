import { hostname } from "node:os";
import type { Executor } from "../../exec/executor.ts";
import type { LabId } from "../../lab/lab-id.ts";
import { processStart } from "../../lab/owner.ts";

/** Who owns what was found on an engine. */
export interface FoundOwner {
  readonly pid: number;
  readonly start: string;
  readonly host: string;
}

/** The identity of a lab that a process of this machine makes; undefined once that process is gone. */
export async function dockerLabId(runId: string, ownerPid: number, host: Executor): Promise<LabId | undefined> {
  const ownerStart = await startOf(ownerPid, host);
  return ownerStart === undefined ? undefined : { runId, ownerPid, ownerStart };
}

/** Whether the owner still lives. Of an owner on another machine nothing is known: it counts as alive. */
export async function dockerOwnerLives({ pid, start, host: on }: FoundOwner, host: Executor): Promise<boolean> {
  return on !== hostname() || (await startOf(pid, host)) === start;
}

/** Start of a process: clock ticks since boot on Linux, a date to the second where there is no /proc (macOS). */
async function startOf(pid: number, host: Executor): Promise<string | undefined> {
  if (process.platform === "linux") return processStart(pid);
  const { exitCode, stdout } = await host.tryRun(["ps", "-o", "lstart=", "-p", String(pid)]);
  return exitCode === 0 ? stdout.trim().replaceAll(/\s+/g, "-") : undefined;
}

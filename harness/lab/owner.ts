import { readFile } from "node:fs/promises";
import type { LabId, NamespaceName } from "./lab-id.ts";

/** The identity of a lab that a process makes; undefined once that process is gone. */
export async function labIdOf(runId: string, ownerPid: number): Promise<LabId | undefined> {
  const ownerStart = await processStart(ownerPid);
  return ownerStart === undefined ? undefined : { runId, ownerPid, ownerStart };
}

/**
 * Tells whether the maker of a lab still lives: a process of that number that started at that moment. The moment is in
 * clock ticks since boot and not a date, so that setting the clock kills no lab. Without the fabric's name (the first
 * moments of a lab) a live process of that number counts: better a leftover than a lab torn down in use.
 */
export async function ownerLives(names: readonly NamespaceName[]): Promise<boolean> {
  const [first] = names;
  if (first === undefined) return false;
  const start = await processStart(first.ownerPid);
  const recorded = names.find((name) => name.ownerStart !== undefined)?.ownerStart;
  return start !== undefined && (recorded === undefined || recorded === start);
}

/** Start of a process in clock ticks since boot; undefined once it has ended, also while its parent has not noticed. */
export async function processStart(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // The second field is the program's name in parentheses and may hold anything, so count from its end.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, startIndex] = [fields?.[0], 22 - 3];
  return state === "Z" || state === "X" ? undefined : fields?.[startIndex];
}

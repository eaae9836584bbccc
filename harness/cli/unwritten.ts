import { messageOf } from "../core/errors.ts";
import { fullDisk } from "../core/full-disk.ts";
import { groupBy } from "../core/group-by.ts";
import type { RunRecord } from "../run/record.ts";
import { listOf } from "../verify/words.ts";

/** Something of a run's results that could not be written. */
export interface Unwritten {
  readonly what: string;
  /** "no space left on device" */
  readonly because: string;
}

/** Waits for a writer, and gives its failure as a value: a disk that is full must not swallow what the run found. */
export function unwritten(what: string, writing: Promise<unknown>): Promise<readonly Unwritten[]> {
  return writing.then(
    () => [],
    (error: unknown) => [{ what, because: reasonOf(messageOf(error)) }],
  );
}

/** What the operating system says, without the call that it said it to: "ENOSPC: no space left on device, write". */
function reasonOf(message: string): string {
  return /^E[A-Z]+: ([^,]+),/.exec(message)?.[1] ?? message;
}

/**
 * One paragraph for each reason, whatever it kept from being written, with what to do then; of a full disk that stopped the run itself only
 * what else it cost, for the run's own error has told the rest.
 */
export function unwrittenLines(
  all: readonly Unwritten[],
  folder: string,
  troubles: RunRecord["troubles"] = [],
): readonly string[] {
  const isRecordThere = all.every(({ what }) => what !== recordName);
  const then = isRecordThere ? `npm run lab -- report ${folder}` : "run it again";
  const isTold = troubles.some(({ message }) => message.startsWith(fullDisk));
  return [...groupBy(all, ({ because }) => because)].flatMap(([because, own]) => {
    const what = listOf([...new Set(own.map((one) => one.what))]);
    const isFull = because.includes("no space left");
    if (isFull && isTold) return [`not written either: ${what}`];
    const first = isFull ? `free some space where ${folder} is` : `see to ${folder}`;
    return [`not written to ${folder}: ${what} (${because})`, `        ${first}, then ${then}`];
  });
}

/** What everything else is made from. */
export const recordName = "run.json";

import { messageOf } from "../core/errors.ts";
import { groupBy } from "../core/group-by.ts";
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

/** One paragraph for each reason, whatever it kept from being written, with what to do then. */
export function unwrittenLines(all: readonly Unwritten[], folder: string): readonly string[] {
  const isRecordThere = all.every(({ what }) => what !== recordName);
  const then = isRecordThere ? `npm run lab -- report ${folder}` : "run it again";
  return [...groupBy(all, ({ because }) => because)].flatMap(([because, own]) => {
    const what = listOf([...new Set(own.map((one) => one.what))]);
    const first = because.includes("no space left") ? `free some space where ${folder} is` : `see to ${folder}`;
    return [`not written to ${folder}: ${what} (${because})`, `        ${first}, then ${then}`];
  });
}

/** What everything else is made from. */
export const recordName = "run.json";

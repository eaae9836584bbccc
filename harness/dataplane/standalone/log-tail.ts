import { LabError } from "../../core/errors.ts";
import type { Executor } from "../../exec/executor.ts";

/** How much of a log an error shows: Felix prints its whole configuration in one line. */
const shownLines = 12;
const shownColumns = 240;

/** The same error with the end of a program's log, which tells more than the fact that something did not happen. */
export async function logTail(error: unknown, executor: Executor, file: string): Promise<unknown> {
  if (!(error instanceof LabError)) return error;
  const { exitCode, stdout } = await executor.tryRun(["tail", "-n", String(shownLines), file]);
  if (exitCode !== 0 || stdout === "") return error;
  const lines = stdout.split("\n").map((line) => line.slice(0, shownColumns));
  return new LabError(error.message, { ...error.details, tail: `${file}:\n${lines.join("\n")}`, cause: error });
}

import { LabError } from "../../core/errors.ts";
import type { Executor } from "../../exec/executor.ts";

/** Lines of a log that an error shows. */
const shownLines = 12;

/** The same error with the end of a program's log, which tells more than the fact that something did not happen. */
export async function logTail(error: unknown, executor: Executor, file: string): Promise<unknown> {
  if (!(error instanceof LabError)) return error;
  const { exitCode, stdout } = await executor.tryRun(["tail", "-n", String(shownLines), file]);
  if (exitCode !== 0 || stdout === "") return error;
  return new LabError(error.message, { ...error.details, tail: `${file}:\n${stdout}`, cause: error });
}

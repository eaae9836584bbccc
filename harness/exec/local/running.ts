import type { Child } from "./child.ts";
import { CommandError } from "../command-error.ts";
import type { CommandResult, RunningCommand } from "../executor.ts";
import { lineInWords } from "../line-in-words.ts";

/** Milliseconds between a polite signal and SIGKILL when a running command is stopped. */
const stopGraceMs = 5_000;

/** What is needed of a started command to watch and stop it. */
export type Stoppable = Pick<Child, "finished" | "lines" | "soFar" | "signal">;

/** The handle of a command that has been started, wherever its transport runs it. */
export function runningCommand(argv: readonly string[], child: Stoppable, where: string): RunningCommand {
  let stopped: Promise<CommandResult> | undefined;
  return {
    argv,
    finished: child.finished,
    // Once: a second signal meets programs that are ending already, with their own way of taking it gone.
    stop: (signal = "SIGINT") => (stopped ??= stopChild(child, signal)),
    waitForLine: (pattern, timeoutMs) => waitForLine(argv, child, where, pattern, timeoutMs),
  };
}

/** Asks a command to end, kills it after a grace, and resolves with what it left. */
export async function stopChild(child: Stoppable, signal: NodeJS.Signals): Promise<CommandResult> {
  const timer = setTimeout(() => {
    child.signal("SIGKILL");
  }, stopGraceMs);
  child.signal(signal);
  try {
    return await child.finished;
  } finally {
    clearTimeout(timer);
  }
}

async function waitForLine(
  argv: readonly string[],
  child: Stoppable,
  where: string,
  pattern: RegExp,
  timeoutMs: number,
): Promise<string> {
  let forget: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<string>((resolve, reject) => {
      forget = child.lines.wait(pattern, resolve);
      timer = setTimeout(() => {
        reject(
          noLine(argv, where, `did not print ${lineInWords(pattern)} within ${timeoutMs / 1000} s`, child.soFar()),
        );
      }, timeoutMs);
      child.finished.then((result) => {
        reject(noLine(argv, where, `ended before it printed ${lineInWords(pattern)}`, result));
      }, reject);
    });
  } finally {
    forget();
    clearTimeout(timer);
  }
}

function noLine(argv: readonly string[], where: string, problem: string, result: CommandResult): CommandError {
  const failure = problem.startsWith("ended") ? "ended-early" : "timeout";
  return new CommandError({ failure, where, argv, problem, result });
}

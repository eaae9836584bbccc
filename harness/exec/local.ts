import type { Scope } from "../core/scope.ts";
import { startChild, type Child } from "./child.ts";
import { CommandError, succeeded } from "./command-error.ts";
import type { CommandResult, Executor, RunningCommand, RunOptions } from "./executor.ts";
import { shellQuote } from "./quote.ts";

/** Milliseconds that `run` and `tryRun` give a command unless told otherwise (Executor's contract). */
export const defaultTimeoutMs = 30_000;

/** Milliseconds between a polite signal and SIGKILL when a running command is stopped. */
const stopGraceMs = 5_000;

export interface LocalOptions {
  /** Default "this host". */
  readonly where?: string;
  /** Added to the environment of this process; `ENCAPLAB_RUN=<run>:<pid>` is how leftovers are found. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs commands on this host, each as a process group of its own. Output is not translated (LC_ALL=C). */
export function localExecutor(options: LocalOptions = {}): Executor {
  const where = options.where ?? "this host";
  const env = { ...process.env, LC_ALL: "C", ...options.env };
  const tryRun = (argv: readonly string[], run: RunOptions = {}): Promise<CommandResult> =>
    startChild(argv, { timeoutMs: defaultTimeoutMs, ...run, where, env }).finished;
  return {
    where,
    tryRun,
    run: async (argv, run) => succeeded(await tryRun(argv, run)),
    spawn: async (argv, scope, run) => {
      const child = startInScope(argv, scope, where, () => startChild(argv, { ...run, where, env }));
      await child.started;
      return running(argv, child, where);
    },
  };
}

function startInScope(argv: readonly string[], scope: Scope, where: string, start: () => Child): Child {
  const started: { child?: Child } = {};
  scope.defer(`stop on ${where}: ${shellQuote(argv)}`, async () => {
    // How the command fares is told to whoever waits for it; here it only has to be gone.
    if (started.child !== undefined) await stop(started.child, "SIGINT").catch(() => undefined);
  });
  started.child = start();
  return started.child;
}

function running(argv: readonly string[], child: Child, where: string): RunningCommand {
  return {
    argv,
    finished: child.finished,
    stop: (signal = "SIGINT") => stop(child, signal),
    waitForLine: (pattern, timeoutMs) => waitForLine(argv, child, where, pattern, timeoutMs),
  };
}

async function stop(child: Child, signal: NodeJS.Signals): Promise<CommandResult> {
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
  child: Child,
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
        reject(noLine(argv, where, `did not print ${pattern.source} within ${timeoutMs / 1000} s`, child.soFar()));
      }, timeoutMs);
      child.finished.then((result) => {
        reject(noLine(argv, where, `ended before it printed ${pattern.source}`, result));
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

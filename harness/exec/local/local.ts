import type { Scope } from "../../core/scope.ts";
import { startChild, type Child } from "./child.ts";
import { succeeded } from "../command-error.ts";
import type { CommandResult, Executor, RunOptions } from "../executor.ts";
import { shellQuote } from "../quote.ts";
import { runningCommand, stopChild } from "./running.ts";

/** Milliseconds that `run` and `tryRun` give a command unless told otherwise (Executor's contract). */
export const defaultTimeoutMs = 30_000;

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
      return runningCommand(argv, child, where);
    },
  };
}

function startInScope(argv: readonly string[], scope: Scope, where: string, start: () => Child): Child {
  const started: { child?: Child } = {};
  scope.defer(`stop on ${where}: ${shellQuote(argv)}`, async () => {
    // How the command fares is told to whoever waits for it; here it only has to be gone.
    if (started.child !== undefined) await stopChild(started.child, "SIGINT").catch(() => undefined);
  });
  started.child = start();
  return started.child;
}

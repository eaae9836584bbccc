import { spawn, type ChildProcess } from "node:child_process";
import { $ } from "zx/core";
import { CommandError, missingProgram, type CommandErrorOptions } from "../command-error.ts";
import type { CommandResult, RunOptions } from "../executor.ts";
import { exitMeaning, signalExitCode } from "../exit-meaning.ts";
import type { LineWatch } from "../line-watch.ts";
import { commandOutput, type CommandOutput } from "./command-output.ts";
import { shellQuote } from "../quote.ts";

/** A child of this process and everything that it started, as one process group. */
export interface Child {
  /** Resolves when the program runs; rejects when it is missing or cannot be executed. */
  readonly started: Promise<void>;
  /** Resolves with any exit code; rejects on time-out, abort or too much output, after the group has been killed. */
  readonly finished: Promise<CommandResult>;
  readonly lines: LineWatch;
  /** What it has printed so far; the exit code is 0 while it runs. */
  soFar(): CommandResult;
  /** Sends a signal to the whole group; a group that is gone is fine. */
  signal(name: NodeJS.Signals): void;
}

export interface ChildOptions extends RunOptions {
  readonly where: string;
  readonly env: NodeJS.ProcessEnv;
  /** Bytes per stream; default `outputLimit`. */
  readonly limit?: number;
  /** Takes signals instead of the group: for a client whose command runs elsewhere and ends it. */
  readonly deliver?: (name: NodeJS.Signals) => void;
}

/** Milliseconds that a client has to end once its command has been killed elsewhere; then it is killed itself. */
const deliveryGraceMs = 5_000;

/**
 * Starts argv in a process group of its own, through zx.
 *
 * What zx 8.8.5 does not do is done here. It always goes through a shell (one argument of at most 128 KiB): its `spawn`
 * hook lets the argv go straight to execve. It leaves standard input open when there is nothing to write, on which
 * programs that read it hang; it leaves EPIPE there unhandled, which kills Node; it stores output without bound; its
 * time-out looks for children with ps(1), which misses orphans, instead of signaling the group.
 */
export function startChild(argv: readonly string[], options: ChildOptions): Child {
  const state: State = { argv, options };
  const onOverflow = (problem: string): void => {
    kill(state, { failure: "too-much-output", problem });
  };
  const output = commandOutput({ where: options.where, argv }, onOverflow, options.limit);
  const { lines } = output;
  const ended = launch(state, output);
  const started = whenStarted(state);
  const disarm = armLimits(state);
  const finished = started
    .then(() => ended)
    .then(() => {
      state.ended = true;
      lines.end();
      return outcome(state, output);
    });
  // A caller may look at only one of the two promises; the other must not count as unhandled.
  started.catch(ignore);
  finished.catch(ignore).finally(disarm);
  return {
    started,
    finished,
    lines,
    soFar: () => output.result(0),
    signal: (name) => {
      signalGroup(state, name);
    },
  };
}

interface State {
  readonly argv: readonly string[];
  readonly options: ChildOptions;
  child?: ChildProcess;
  /** What execve or the kernel refused before there was a process. */
  refused?: unknown;
  /** Its number may belong to somebody else from now on. */
  ended?: true;
  /** Why we killed it. */
  killed?: Pick<CommandErrorOptions, "failure" | "problem">;
}

function launch(state: State, output: CommandOutput): Promise<unknown> {
  const { input, env } = state.options;
  const hasInput = input !== undefined && input !== "";
  const hook = (_command: string, _args: string[], options: object): ChildProcess => {
    try {
      state.child = spawn(state.argv[0] ?? "", state.argv.slice(1), { ...options, shell: false });
      state.child.stdin?.on("error", ignore);
      return state.child;
    } catch (error) {
      state.refused = error;
      throw error;
    }
  };
  return $({
    spawn: hook as typeof spawn,
    shell: "/bin/sh",
    quote: (word) => shellQuote([word]),
    prefix: "",
    postfix: "",
    env,
    detached: true,
    nothrow: true,
    quiet: true,
    stdio: [hasInput ? "pipe" : "ignore", "pipe", "pipe"],
    ...(hasInput ? { input } : {}),
    store: { stdout: output.stdout, stderr: output.stderr, stdall: { push: () => 0 } } as never,
  })`${[...state.argv]}`;
}

function whenStarted(state: State): Promise<void> {
  const { child } = state;
  if (child === undefined) return Promise.reject(notStarted(state, state.refused));
  if (child.pid !== undefined) return Promise.resolve();
  return new Promise((_resolve, reject) => {
    child.once("error", (error) => {
      reject(notStarted(state, error));
    });
  });
}

function notStarted(state: State, cause: unknown): CommandError {
  const { argv, options } = state;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "ENOENT") return missingProgram(options.where, argv);
  const problem = code === "EACCES" ? `could not be started (${exitMeaning(126)})` : "could not be started";
  return new CommandError({ failure: "not-started", where: options.where, argv, problem, cause });
}

function armLimits(state: State): () => void {
  const { timeoutMs, signal } = state.options;
  const onAbort = (): void => {
    kill(state, { failure: "aborted", problem: "was stopped, because the run was interrupted" });
  };
  const onTimeout = (): void => {
    kill(state, { failure: "timeout", problem: timeoutProblem(state) });
  };
  const timer = timeoutMs === undefined ? undefined : setTimeout(onTimeout, timeoutMs);
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener("abort", onAbort);
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  };
}

/** A program that has exited can still keep us waiting: when it left a process behind that holds its output open. */
function timeoutProblem({ child, options }: State): string {
  const seconds = (options.timeoutMs ?? 0) / 1000;
  const left = child?.exitCode ?? child?.signalCode ?? undefined;
  return left === undefined
    ? `did not finish within ${seconds} s and was killed`
    : `exited, but ${seconds} s later something it had started still held its output open and was killed`;
}

function outcome(state: State, output: CommandOutput): CommandResult {
  const { argv, options, child, killed } = state;
  const result = output.result(child?.exitCode ?? signalExitCode(child?.signalCode ?? "SIGKILL"));
  if (killed === undefined) return result;
  const { signal } = options;
  if (killed.failure === "aborted" && signal?.reason instanceof Error) throw signal.reason;
  throw new CommandError({ ...killed, where: options.where, argv, result });
}

function kill(state: State, reason: NonNullable<State["killed"]>): void {
  state.killed ??= reason;
  signalGroup(state, "SIGKILL");
}

function signalGroup(state: State, name: NodeJS.Signals): void {
  const { child, ended, options } = state;
  if (child?.pid === undefined || ended) return;
  if (options.deliver === undefined) {
    signalOwnGroup(state, name);
    return;
  }
  options.deliver(name);
  if (name !== "SIGKILL") return;
  setTimeout(() => {
    signalOwnGroup(state, name);
  }, deliveryGraceMs).unref();
}

function signalOwnGroup({ child, ended }: State, name: NodeJS.Signals): void {
  if (child?.pid === undefined || ended) return;
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

function ignore(): void {
  // See the callers for why nothing is to be done.
}

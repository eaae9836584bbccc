import type { Scope } from "../core/scope.ts";

/** Options of one command. */
export interface RunOptions {
  /** Text for standard input; default: none (closed). */
  readonly input?: string;
  /** Milliseconds until the command is killed; default 30 000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** It only reads: where the way to it broke, it may be given again. */
  readonly onlyReads?: true;
}

/** What a finished command left behind. */
export interface CommandResult {
  readonly where: string;
  readonly argv: readonly string[];
  /** 0-255, or 128 + signal number when killed. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

/** A command that is still running. */
export interface RunningCommand {
  readonly argv: readonly string[];
  /** Resolves with the first line (of stdout or stderr) that matches; rejects if the command ends or time runs out first. */
  waitForLine(pattern: RegExp, timeoutMs: number): Promise<string>;
  /** Sends SIGINT (or the given signal) once, however often it is called, waits, kills after 5 s; resolves with the result. */
  stop(signal?: "SIGINT" | "SIGTERM"): Promise<CommandResult>;
  /** Resolves when the command ends by itself or by stop. */
  readonly finished: Promise<CommandResult>;
}

/** Runs commands somewhere: on this host, in a namespace, in a container, over ssh. A node is one. */
export interface Executor {
  /** "node a1 (netns el7f3k-a1)": stands in every error. */
  readonly where: string;
  /** Where it only puts words before a command of another executor: several such may share a process there (runEverywhere). */
  readonly behind?: { readonly inner: Executor; readonly prefix: readonly string[] };
  /** Runs to the end; throws CommandError on a non-zero exit, a missing program or a time-out. */
  run(argv: readonly string[], options?: RunOptions): Promise<CommandResult>;
  /** Runs to the end; a non-zero exit is data. Throws only when the command could not be run at all or timed out. */
  tryRun(argv: readonly string[], options?: RunOptions): Promise<CommandResult>;
  /** Starts a command that ends with the scope at the latest. */
  spawn(argv: readonly string[], scope: Scope, options?: RunOptions): Promise<RunningCommand>;
}

import { constants } from "node:os";
import { CommandError, missingProgram, type CommandErrorOptions } from "../command-error.ts";
import type { CommandResult, RunOptions } from "../executor.ts";
import { exitMeaning } from "../exit-meaning.ts";
import { commandOutput, type CommandOutput } from "../local/command-output.ts";
import type { OutputBuffer } from "../local/output-buffer.ts";
import type { Stoppable } from "../local/running.ts";
import type { SshCommand, SshConnection, SshEnd } from "./ssh-connection.ts";
import { startedMarker } from "../command-guard.ts";
import { missingMarker } from "../noted-command.ts";

/** Milliseconds that a killed command gets to be reported as such by the other side. */
const killGraceMs = 5_000;

/** Milliseconds that the connection gets to end when a channel has ended without saying how. */
const untoldMs = 1_000;

/** Milliseconds that a command may take to start, on top of its own time: emulated machines on a busy host are slow. */
const startGraceMs = 10_000;

export interface SshChildOptions extends RunOptions {
  readonly where: string;
  /** Takes standard output instead of the result: for files. */
  readonly onStdout?: (chunk: Buffer) => void;
}

/** A command on the other side, as `startChild` gives for this one. */
export interface SshChild extends Stoppable {
  /** Resolves when the program runs; rejects when it is missing. */
  readonly started: Promise<void>;
}

/** Starts argv over a connection; ends it on time-out, abort and too much output; fails it when the connection is lost. */
export function startOverSsh(connection: SshConnection, argv: readonly string[], options: SshChildOptions): SshChild {
  const state: State = { argv, options, waiting: [] };
  const output = commandOutput({ where: options.where, argv }, (problem) => {
    end(state, { failure: "too-much-output", problem });
  });
  const { lines } = output;
  let tellStarted: () => void = () => undefined;
  const running = new Promise<void>((resolve) => {
    tellStarted = () => {
      state.began = true;
      resolve();
    };
  });
  const finished = follow(connection, state, output, running, tellStarted).finally(() => {
    lines.end();
  });
  const started = Promise.race([running, finished.then(() => undefined)]);
  // A caller may look at only one of the two promises; the other must not count as unhandled.
  finished.catch(() => undefined);
  started.catch(() => undefined);
  return {
    started,
    finished,
    lines,
    soFar: () => output.result(0),
    signal: (name) => {
      signal(state, name);
    },
  };
}

interface State {
  readonly argv: readonly string[];
  readonly options: SshChildOptions;
  /** Signals asked for before the command was sent. */
  readonly waiting: NodeJS.Signals[];
  command?: SshCommand;
  /** The program runs: what it prints is its own from then on. */
  began?: boolean;
  /** Why we ended it. */
  ended?: Pick<CommandErrorOptions, "failure" | "problem">;
  giveUp?: () => void;
}

async function follow(
  connection: SshConnection,
  state: State,
  output: CommandOutput,
  begun: Promise<void>,
  tellStarted: () => void,
): Promise<CommandResult> {
  const { argv, options } = state;
  const hasInput = options.input !== undefined && options.input !== "";
  throwIfAborted(options);
  const command = await connection.exec(argv, { input: hasInput, tell: true }).catch((cause: unknown) => {
    const problem = "could not be started: the ssh connection was lost";
    throw new CommandError({ failure: "not-started", where: options.where, argv, problem, cause });
  });
  state.command = command;
  const disarm = armLimits(state, begun);
  for (const name of state.waiting) command.signal(name);
  try {
    const exit = exitOf(connection, state, command, output, tellStarted);
    command.channel.end(hasInput ? options.input : undefined);
    return outcome(state, output, await exit);
  } finally {
    disarm();
    command.release();
  }
}

interface Exit {
  readonly exitCode?: number;
  /** Set when the connection went before the command did. */
  readonly lost?: string;
}

function exitOf(
  connection: SshConnection,
  state: State,
  { channel, ended }: SshCommand,
  output: CommandOutput,
  tellStarted: () => void,
): Promise<Exit> {
  const { onStdout } = state.options;
  const stderr = withoutMarker(output.stderr, tellStarted);
  channel.on("data", (chunk: Buffer) => {
    if (onStdout === undefined) output.stdout.push(chunk);
    else onStdout(chunk);
  });
  channel.stderr.on("data", (chunk: Buffer) => {
    stderr.push(chunk);
  });
  // A program may end without reading its input; the channel then refuses the rest.
  channel.on("error", () => undefined);
  const complained = new Promise<void>((resolve) => {
    channel.stderr.once("end", () => {
      stderr.end();
      resolve();
    });
  });
  const told = async (): Promise<Exit> => {
    const [end] = await Promise.all([ended, complained]);
    const exitCode = exitCodeOf(end);
    return exitCode === undefined ? untold(connection) : { exitCode };
  };
  const lost = connection.closed.then((reason) => ({ lost: reason }));
  const givenUp = new Promise<Exit>((resolve) => {
    state.giveUp = () => {
      resolve({ exitCode: 128 + constants.signals.SIGKILL });
    };
  });
  return Promise.race([told(), lost, givenUp]);
}

function exitCodeOf({ code, signal: name }: SshEnd): number | undefined {
  return code ?? (name === undefined ? undefined : 128 + signalNumber(name));
}

/** Usually the connection is on its way out; some servers end a channel without a word. */
async function untold({ closed }: SshConnection): Promise<Exit> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<string>((resolve) => {
    timer = setTimeout(() => {
      resolve("the server ended the channel without an exit code");
    }, untoldMs);
  });
  const lost = await Promise.race([closed, silence]);
  clearTimeout(timer);
  return { lost };
}

/** Drops the line that tells of the start, and everything else through. */
function withoutMarker(buffer: OutputBuffer, tellStarted: () => void): { push(chunk: Buffer): void; end(): void } {
  let held: Buffer | undefined = Buffer.alloc(0);
  const line = `${startedMarker}\n`;
  return {
    push: (chunk) => {
      if (held === undefined) {
        buffer.push(chunk);
        return;
      }
      held = Buffer.concat([held, chunk]);
      const at = held.indexOf(line);
      const missing = held.indexOf(missingMarker);
      if (at < 0 && missing < 0) return;
      const rest = at < 0 ? held : Buffer.concat([held.subarray(0, at), held.subarray(at + line.length)]);
      held = undefined;
      if (at >= 0) tellStarted();
      if (rest.length > 0) buffer.push(rest);
    },
    // Without a marker the command never ran; what the shell said instead tells why.
    end: () => {
      if (held !== undefined && held.length > 0) buffer.push(held);
      held = undefined;
    },
  };
}

function outcome(state: State, output: CommandOutput, exit: Exit): CommandResult {
  const { argv, options, ended } = state;
  const { where } = options;
  const result = output.result(exit.exitCode ?? 255);
  if (ended?.failure === "aborted") throwIfAborted(options);
  if (ended !== undefined) throw new CommandError({ ...ended, where, argv, result });
  if (exit.lost !== undefined) {
    const problem = `did not end: the ssh connection was lost (${exit.lost})`;
    throw new CommandError({ failure: "ended-early", where, argv, problem, result });
  }
  const isMissing = result.exitCode === 127 && result.stderr.trim() === missingMarker;
  if (isMissing && state.began !== true) throw missingProgram(where, argv);
  if (result.exitCode === 126 && /exec: .*(Permission denied|cannot execute)/i.test(result.stderr)) {
    const problem = `could not be started (${exitMeaning(126)})`;
    throw new CommandError({ failure: "not-started", where, argv, problem, result });
  }
  return result;
}

function armLimits(state: State, begun: Promise<void>): () => void {
  const { timeoutMs, signal: abort } = state.options;
  const onAbort = (): void => {
    end(state, { failure: "aborted", problem: "was stopped, because the run was interrupted" });
  };
  const onTimeout = (): void => {
    end(state, { failure: "timeout", problem: `did not finish within ${(timeoutMs ?? 0) / 1000} s and was killed` });
  };
  // The time is the program's: what a busy link takes to start it does not count, up to a limit.
  let timer = timeoutMs === undefined ? undefined : setTimeout(onTimeout, timeoutMs + startGraceMs);
  void begun.then(() => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = setTimeout(onTimeout, timeoutMs);
  });
  if (abort?.aborted === true) onAbort();
  abort?.addEventListener("abort", onAbort);
  return () => {
    clearTimeout(timer);
    timer = undefined;
    abort?.removeEventListener("abort", onAbort);
  };
}

/** Kills, and stops waiting for the other side after a while: it may hang, or hold the output open. */
function end(state: State, reason: NonNullable<State["ended"]>): void {
  state.ended ??= reason;
  signal(state, "SIGKILL");
  setTimeout(() => state.giveUp?.(), killGraceMs).unref();
}

function signal(state: State, name: NodeJS.Signals): void {
  if (state.command === undefined) state.waiting.push(name);
  else state.command.signal(name);
}

function throwIfAborted({ signal: abort }: RunOptions): void {
  if (abort?.aborted === true) throw abort.reason instanceof Error ? abort.reason : new Error(String(abort.reason));
}

/** Servers send "TERM" (RFC 4254, section 6.10); some add the SIG. */
function signalNumber(name: string): number {
  const full = name.startsWith("SIG") ? name : `SIG${name}`;
  return full in constants.signals ? constants.signals[full as NodeJS.Signals] : constants.signals.SIGKILL;
}

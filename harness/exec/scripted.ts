import type { Scope } from "../core/scope.ts";
import { LabError } from "../core/errors.ts";
import { CommandError, succeeded } from "./command-error.ts";
import type { CommandResult, Executor, RunningCommand, RunOptions } from "./executor.ts";
import { LineWatch } from "./line-watch.ts";
import { shellQuote } from "./quote.ts";

/** What a command that is expected will answer. */
export interface ScriptedAnswer {
  /** The whole quoted command, or a pattern in it. */
  readonly command: string | RegExp;
  /** Standard input that must be given, whole or as a pattern; default: anything. */
  readonly input?: string | RegExp;
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Thrown instead of an answer: a time-out, a missing program. */
  readonly error?: Error;
  /** May be asked any number of times, at any time; others exactly once, in their order. */
  readonly always?: boolean;
}

/** A fake for tests of callers: answers from a script, and refuses what the script does not expect. */
export interface ScriptedExecutor extends Executor {
  /** Every command asked so far, quoted. */
  readonly asked: readonly string[];
  /** Throws when an expected command was never asked. */
  assertDone(): void;
}

/** Answers commands from a script; an unexpected command is an error that tells what was expected instead. */
export function scriptedExecutor(answers: readonly ScriptedAnswer[], where = "scripted"): ScriptedExecutor {
  const always = answers.filter((answer) => answer.always === true);
  const queue = answers.filter((answer) => answer.always !== true);
  const asked: string[] = [];
  const next = (argv: readonly string[], options: RunOptions = {}): CommandResult => {
    options.signal?.throwIfAborted();
    const command = shellQuote(argv);
    asked.push(command);
    const matching = (answer: ScriptedAnswer): boolean => fits(answer, command, options.input);
    const [head] = queue;
    const answer = head !== undefined && matching(head) ? queue.shift() : always.find(matching);
    if (answer === undefined) throw unexpected(where, command, head);
    if (answer.error !== undefined) throw answer.error;
    const { exitCode = 0, stdout = "", stderr = "" } = answer;
    return { where, argv, exitCode, stdout, stderr, durationMs: 0 };
  };
  const soon = <T>(work: () => T): Promise<T> => Promise.resolve().then(work);
  return {
    where,
    asked,
    tryRun: (argv, options) => soon(() => next(argv, options)),
    run: (argv, options) => soon(() => succeeded(next(argv, options))),
    spawn: (argv, scope, options) => soon(() => runningCommand(next(argv, options), scope)),
    assertDone: () => {
      const left = queue.map(({ command }) => String(command));
      if (left.length > 0) throw new LabError(`never asked: ${left.join("; ")}`, { where });
    },
  };
}

function fits(answer: ScriptedAnswer, command: string, input: string | undefined): boolean {
  return same(answer.command, command) && (answer.input === undefined || same(answer.input, input ?? ""));
}

function same(expected: string | RegExp, actual: string): boolean {
  return typeof expected === "string" ? expected === actual : expected.test(actual);
}

function unexpected(where: string, command: string, head: ScriptedAnswer | undefined): LabError {
  const expected = head === undefined ? "no further command" : String(head.command);
  return new LabError(`unexpected command; the script expects ${expected}`, { where, command });
}

/** Runs until it is stopped, like a server or a capture; its output is there at once. */
function runningCommand(result: CommandResult, scope: Scope): RunningCommand {
  const lines = new LineWatch();
  lines.feed("stdout", Buffer.from(result.stdout));
  lines.feed("stderr", Buffer.from(result.stderr));
  lines.end();
  let end: (result: CommandResult) => void = () => undefined;
  const finished = new Promise<CommandResult>((resolve) => {
    end = resolve;
  });
  const stop = (): Promise<CommandResult> => {
    end(result);
    return finished;
  };
  scope.defer(`stop on ${result.where}: ${shellQuote(result.argv)}`, async () => {
    await stop();
  });
  return { argv: result.argv, finished, stop, waitForLine: (pattern) => lineNow(lines, pattern, result) };
}

function lineNow(lines: LineWatch, pattern: RegExp, result: CommandResult): Promise<string> {
  return new Promise((resolve, reject) => {
    lines.wait(pattern, resolve)();
    const { where, argv } = result;
    reject(new CommandError({ failure: "timeout", where, argv, problem: `did not print ${pattern.source}`, result }));
  });
}

import { LabError } from "../core/errors.ts";
import type { CommandResult } from "./executor.ts";
import { exitMeaning } from "./exit-meaning.ts";
import { shellQuote } from "./quote.ts";

/** What kept a command from doing its work. */
export type CommandFailure =
  "exit" | "missing-program" | "not-started" | "timeout" | "too-much-output" | "aborted" | "ended-early";

export interface CommandErrorOptions {
  readonly failure: CommandFailure;
  readonly where: string;
  readonly argv: readonly string[];
  /** Completes "<program> …", for example "did not end within 3 s". */
  readonly problem: string;
  readonly result?: CommandResult;
  readonly fix?: string;
  readonly cause?: unknown;
}

/** Lines of output that an error shows; the end is where programs tell what went wrong. */
const tailLines = 12;

/** A command failed: tells what failed and how, where, with a command to paste, the end of its output and the way out. */
export class CommandError extends LabError {
  readonly failure: CommandFailure;
  readonly options: CommandErrorOptions;

  constructor(options: CommandErrorOptions) {
    const { where, argv, problem, result, fix, cause } = options;
    const tail = result === undefined ? "" : outputTail(result);
    super(`${programOf(argv)} ${problem}`, {
      where,
      command: shellQuote(argv),
      ...(tail === "" ? {} : { tail }),
      ...(fix === undefined ? {} : { fix }),
      ...(cause === undefined ? {} : { cause }),
    });
    this.failure = options.failure;
    this.options = options;
  }

  get result(): CommandResult | undefined {
    return this.options.result;
  }

  /** The same error with a better fix: for callers who know the package or the setting. */
  withFix(fix: string): CommandError {
    return new CommandError({ ...this.options, fix });
  }

  /** The same error as seen from a decorator: its place, and the program that was really meant. */
  seenFrom(where: string, change: Partial<CommandErrorOptions> = {}): CommandError {
    return new CommandError({ ...this.options, ...change, where });
  }
}

/** Passes a result on when the command succeeded and throws its CommandError otherwise. */
export function succeeded(result: CommandResult): CommandResult {
  if (result.exitCode === 0) return result;
  const { where, argv } = result;
  throw new CommandError({ failure: "exit", where, argv, problem: `failed (${exitMeaning(result.exitCode)})`, result });
}

/** The error of a program that is not there; every executor throws this one, however its transport reports it. */
export function missingProgram(where: string, argv: readonly string[], program = argv[0] ?? ""): CommandError {
  return new CommandError({
    failure: "missing-program",
    where,
    argv,
    problem: program === argv[0] ? "is not installed" : `could not run ${program}: it is not installed`,
    fix: `install the package that provides ${program}`,
  });
}

function programOf(argv: readonly string[]): string {
  return argv[0] ?? "(empty command)";
}

function outputTail(result: CommandResult): string {
  const text = result.stderr.trim() === "" ? result.stdout : result.stderr;
  return text.trimEnd().split("\n").slice(-tailLines).join("\n");
}

/** Exit codes of every verb; users and CI depend on them, so they stay. */
export const ExitCode = { pass: 0, fail: 1, usage: 2, lab: 3, interrupted: 130 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What an error can tell beyond its message; every field is printed on a line of its own. */
export interface ErrorDetails {
  /** Where it happened: "node a1 (netns el7f3k-a1)" or "two-racks.yaml:7:12". */
  readonly where?: string;
  /** The command, quoted so that it can be pasted into a shell. */
  readonly command?: string;
  /** The last lines of what the command printed. */
  readonly tail?: string;
  /** What the user can do about it, as an imperative sentence. */
  readonly fix?: string;
  readonly cause?: unknown;
}

/** Base of all errors that are printed as one paragraph instead of a stack trace. */
export class HarnessError extends Error {
  readonly exitCode: ExitCode;
  readonly details: ErrorDetails;

  constructor(message: string, exitCode: ExitCode, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.exitCode = exitCode;
    this.details = details;
  }
}

/** Bad flags, bad YAML, bad captures: exit code 2, nothing was built. */
export class UsageError extends HarnessError {
  constructor(message: string, details: ErrorDetails = {}) {
    super(message, ExitCode.usage, details);
  }
}

/** The lab could not be built, converge or be torn down: exit code 3. */
export class LabError extends HarnessError {
  constructor(message: string, details: ErrorDetails = {}) {
    super(message, ExitCode.lab, details);
  }
}

/** The run was interrupted by the user and has been torn down: exit code 130. */
export class InterruptedError extends HarnessError {
  constructor(signal: string) {
    super(`interrupted by ${signal}`, ExitCode.interrupted);
  }
}

/** Renders any error as the paragraph a user reads: what, where, command, output, cause, fix. */
export function formatError(error: unknown): string {
  if (!(error instanceof HarnessError)) return unexpected(error);
  const { where, command, tail, fix, cause } = error.details;
  return [
    error.message,
    where && `  where    ${where}`,
    command && `  command  ${command}`,
    tail && `  output   ${tail.trimEnd().replaceAll("\n", "\n           ")}`,
    cause !== undefined && `  cause    ${messageOf(cause)}`,
    fix && `  fix      ${fix}`,
  ]
    .filter((line): line is string => typeof line === "string" && line !== "")
    .join("\n");
}

/** The message of anything thrown, also of what is no Error. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function unexpected(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `unexpected error (please report it): ${text}`;
}

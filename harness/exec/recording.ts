import { messageOf } from "../core/errors.ts";
import { CommandError } from "./command-error.ts";
import type { CommandResult, Executor } from "./executor.ts";

/** One command as it stands in timeline.ndjson. */
export interface CommandRecord {
  readonly where: string;
  readonly argv: readonly string[];
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Missing when there is no exit code: the command could not be started, timed out, or was aborted. */
  readonly exitCode?: number;
  readonly error?: string;
}

/** Tells a listener about every command that ends, with place, duration and exit. */
export function recordingExecutor(executor: Executor, listener: (record: CommandRecord) => void): Executor {
  const observe = (argv: readonly string[], work: Promise<CommandResult>): Promise<CommandResult> => {
    const startedAt = Date.now();
    const start = performance.now();
    const base = () => ({ where: executor.where, argv, startedAt, durationMs: performance.now() - start });
    work.then(
      ({ exitCode }) => {
        listener({ ...base(), exitCode });
      },
      (error: unknown) => {
        listener({ ...base(), ...failureOf(error) });
      },
    );
    return work;
  };
  return {
    where: executor.where,
    run: (argv, options) => observe(argv, executor.run(argv, options)),
    tryRun: (argv, options) => observe(argv, executor.tryRun(argv, options)),
    spawn: async (argv, scope, options) => {
      const starting = executor.spawn(argv, scope, options);
      void observe(
        argv,
        starting.then((running) => running.finished),
      ).catch(() => undefined);
      return starting;
    },
  };
}

function failureOf(error: unknown): Pick<CommandRecord, "exitCode" | "error"> {
  const exit = error instanceof CommandError && error.failure === "exit" ? error.result?.exitCode : undefined;
  return { error: messageOf(error), ...(exit === undefined ? {} : { exitCode: exit }) };
}

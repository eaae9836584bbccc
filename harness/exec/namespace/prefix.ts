import { CommandError, missingProgram, succeeded } from "../command-error.ts";
import type { CommandResult, Executor, RunOptions } from "../executor.ts";

export interface Prefix {
  /** Stands before every command: `["docker", "exec", "a1"]`. */
  readonly argv: readonly string[];
  readonly where: string;
  /** Tells from the result that the program behind the prefix does not exist there. */
  readonly missing?: (result: CommandResult) => boolean;
}

/** An executor that runs every command behind a prefix, on another executor: the base of namespaces and containers. */
export function prefixedExecutor(inner: Executor, prefix: Prefix): Executor {
  const { where } = prefix;
  const full = (argv: readonly string[]): readonly string[] => [...prefix.argv, ...argv];
  const tryRun = async (argv: readonly string[], options?: RunOptions): Promise<CommandResult> => {
    const result = await seenFrom(where, inner.tryRun(full(argv), options));
    if (prefix.missing?.(result) === true) throw missingProgram(where, result.argv, argv[0]);
    return { ...result, where };
  };
  return {
    where,
    behind: { inner, prefix: prefix.argv },
    tryRun,
    run: async (argv, options) => succeeded(await tryRun(argv, options)),
    spawn: async (argv, scope, options) => {
      const running = await seenFrom(where, inner.spawn(full(argv), scope, options));
      const finished = seenFrom(where, running.finished).then((result) => ({ ...result, where }));
      finished.catch(() => undefined);
      return {
        argv: running.argv,
        finished,
        stop: async (signal) => ({ ...(await seenFrom(where, running.stop(signal))), where }),
        waitForLine: (pattern, timeoutMs) => seenFrom(where, running.waitForLine(pattern, timeoutMs)),
      };
    },
  };
}

async function seenFrom<T>(where: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof CommandError ? error.seenFrom(where) : error;
  }
}

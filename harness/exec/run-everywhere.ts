import { runBatch } from "./batch.ts";
import { succeeded } from "./command-error.ts";
import type { CommandResult, Executor, RunOptions } from "./executor.ts";
import { inSharedProcesses, type Placed } from "./shared-process.ts";

/** A POSIX sh script and the place where it shall run. */
export interface PlacedScript {
  readonly executor: Executor;
  readonly script: string;
}

/** Scripts that one process runs at a time unless told otherwise: they wait for the kernel more than they compute. */
const defaultParallel = 4;

/** Milliseconds that one script may take unless told otherwise: as much as any command (RunOptions). */
const defaultTimeoutMs = 30_000;

/** Characters from which a script travels by standard input: one argument holds 128 KiB (MAX_ARG_STRLEN, execve(2)). */
const longScript = 30_000;

export interface EverywhereOptions extends Omit<RunOptions, "input"> {
  /** Scripts that one process runs at a time; more for those that wait. */
  readonly parallel?: number;
  /** Each script stops at its first failing command (`set -e`). */
  readonly stopAtError?: boolean;
}

/**
 * Runs scripts in many places in as few processes as can be, and returns their results in the same order; a non-zero exit is
 * data.
 */
export async function runEverywhere(
  placed: readonly PlacedScript[],
  options: EverywhereOptions = {},
): Promise<readonly CommandResult[]> {
  const { parallel = defaultParallel, stopAtError = false, timeoutMs = defaultTimeoutMs, ...run } = options;
  const shell = stopAtError ? ["sh", "-e"] : ["sh"];
  const results: CommandResult[] = [];
  const runChunk = async (host: Executor, chunk: readonly Placed<PlacedScript>[]): Promise<void> => {
    const [only] = chunk;
    if (chunk.length === 1 && only !== undefined) {
      results[only.index] = await only.executor.tryRun([...shell, "-s"], { ...run, timeoutMs, input: only.script });
      return;
    }
    const commands = chunk.map(({ index, prefix, script }) => ({
      id: String(index),
      ...(script.length > longScript
        ? { argv: [...prefix, ...shell, "-s"], input: script }
        : { argv: [...prefix, ...shell, "-c", script] }),
    }));
    const turns = Math.ceil(commands.length / parallel);
    const answers = await runBatch(host, commands, { ...run, timeoutMs: turns * timeoutMs, parallel });
    for (const { index, executor, prefix } of chunk) {
      const answer = answers.get(String(index));
      const argv = [...prefix, ...shell, "-s"];
      if (answer !== undefined) results[index] = { ...answer, argv, where: executor.where };
    }
  };
  await inSharedProcesses(placed, runChunk);
  return results;
}

/** The same for scripts that must succeed; the first failure in their order is thrown once all have ended. */
export async function runScripts(
  placed: readonly PlacedScript[],
  options: Omit<EverywhereOptions, "stopAtError"> = {},
): Promise<readonly CommandResult[]> {
  return (await runEverywhere(placed, { ...options, stopAtError: true })).map(succeeded);
}

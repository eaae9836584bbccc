import { groupBy } from "../core/group-by.ts";
import { settleAll } from "../core/settle.ts";
import { runBatch } from "./batch.ts";
import { succeeded } from "./command-error.ts";
import type { CommandResult, Executor, RunOptions } from "./executor.ts";

/** A POSIX sh script and the place where it shall run. */
export interface PlacedScript {
  readonly executor: Executor;
  readonly script: string;
}

/** Scripts of one process: enough that its fork does not count, few enough that its output stays far below the limit. */
const perProcess = 25;

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
 * data. Places that are namespaces of one host share a process there: a fork of this one, with all that a run keeps in
 * memory, costs more than what most scripts do.
 */
export async function runEverywhere(
  placed: readonly PlacedScript[],
  options: EverywhereOptions = {},
): Promise<readonly CommandResult[]> {
  const { parallel = defaultParallel, stopAtError = false, timeoutMs = defaultTimeoutMs, ...run } = options;
  const shell = stopAtError ? ["sh", "-e"] : ["sh"];
  const entries = placed.map((entry, index) => ({ ...entry, index, ...rootOf(entry.executor) }));
  const results: CommandResult[] = [];
  const work = [...groupBy(entries, rootOrOwn)].flatMap(([root, own]) =>
    chunksOf(own, perProcess).map(async (chunk) => {
      const [only] = chunk;
      if (chunk.length === 1 && only !== undefined) {
        results[only.index] = await only.executor.tryRun([...shell, "-s"], { ...run, timeoutMs, input: only.script });
        return;
      }
      const commands = chunk.map(({ index, prefix, script }) => ({
        id: String(index),
        argv: [...prefix, ...shell, "-c", script],
      }));
      const turns = Math.ceil(commands.length / parallel);
      const answers = await runBatch(root, commands, { ...run, timeoutMs: turns * timeoutMs, parallel });
      for (const { index, executor, prefix } of chunk) {
        const answer = answers.get(String(index));
        const argv = [...prefix, ...shell, "-s"];
        if (answer !== undefined) results[index] = { ...answer, argv, where: executor.where };
      }
    }),
  );
  await settleAll(work);
  return results;
}

/** The same for scripts that must succeed; the first failure in their order is thrown once all have ended. */
export async function runScripts(
  placed: readonly PlacedScript[],
  options: Omit<EverywhereOptions, "stopAtError"> = {},
): Promise<readonly CommandResult[]> {
  return (await runEverywhere(placed, { ...options, stopAtError: true })).map(succeeded);
}

function rootOrOwn({ root, executor, script }: PlacedScript & { readonly root: Executor }): Executor {
  return script.length > longScript ? executor : root;
}

/** Where the places that share processes run: they fail together. */
export function hostOf(executor: Executor): Executor {
  return rootOf(executor).root;
}

/** The executor that runs what an executor of prefixes puts words before, and all these words. */
export function rootOf(executor: Executor): { readonly root: Executor; readonly prefix: readonly string[] } {
  const { behind } = executor;
  if (behind === undefined) return { root: executor, prefix: [] };
  const { root, prefix } = rootOf(behind.inner);
  return { root, prefix: [...prefix, ...behind.prefix] };
}

/** Cuts a list into pieces of at most this size. */
export function chunksOf<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const starts = Array.from({ length: Math.ceil(items.length / size) }, (_, index) => index * size);
  return starts.map((start) => items.slice(start, start + size));
}

import { groupBy } from "../core/group-by.ts";
import { settleAll } from "../core/settle.ts";
import { runBatch } from "./batch.ts";
import type { CommandResult, Executor, RunOptions } from "./executor.ts";

/** A POSIX sh script and the place where it shall run. */
export interface PlacedScript {
  readonly executor: Executor;
  readonly script: string;
}

/** Scripts of one process: enough that its fork does not count, few enough that its output stays far below the limit. */
const perProcess = 25;

/** Scripts that one process runs at a time: they wait for the kernel more than they compute. */
const parallel = 4;

/**
 * Runs scripts in many places in as few processes as can be, and returns their results in the same order; a non-zero exit is
 * data. Places that are namespaces of one host share a process there: a fork of this one, with all that a run keeps in
 * memory, costs more than what most scripts do.
 */
export async function runEverywhere(
  placed: readonly PlacedScript[],
  options: Omit<RunOptions, "input"> = {},
): Promise<readonly CommandResult[]> {
  const entries = placed.map((entry, index) => ({ ...entry, index, ...rootOf(entry.executor) }));
  const results: CommandResult[] = [];
  const work = [...groupBy(entries, ({ root }) => root)].flatMap(([root, own]) =>
    chunksOf(own, perProcess).map(async (chunk) => {
      const [only] = chunk;
      if (chunk.length === 1 && only !== undefined) {
        results[only.index] = await only.executor.tryRun(["sh", "-s"], { ...options, input: only.script });
        return;
      }
      const commands = chunk.map(({ index, prefix, script }) => ({
        id: String(index),
        argv: [...prefix, "sh", "-c", script],
      }));
      const answers = await runBatch(root, commands, { ...options, parallel });
      for (const { index, executor } of chunk) {
        const answer = answers.get(String(index));
        if (answer !== undefined) results[index] = { ...answer, where: executor.where };
      }
    }),
  );
  await settleAll(work);
  return results;
}

function rootOf(executor: Executor): { readonly root: Executor; readonly prefix: readonly string[] } {
  const { behind } = executor;
  if (behind === undefined) return { root: executor, prefix: [] };
  const { root, prefix } = rootOf(behind.inner);
  return { root, prefix: [...prefix, ...behind.prefix] };
}

function chunksOf<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const starts = Array.from({ length: Math.ceil(items.length / size) }, (_, index) => index * size);
  return starts.map((start) => items.slice(start, start + size));
}

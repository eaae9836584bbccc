import { batchResults, batchScript, type BatchCommand } from "./batch.ts";
import { succeeded } from "./command-error.ts";
import type { CommandResult, Executor, RunOptions } from "./executor.ts";
import { runEverywhere } from "./run-everywhere.ts";
import { processesFor } from "./shared-process.ts";

/** Commands that run side by side in one place. */
export interface PlacedBatch {
  readonly executor: Executor;
  readonly commands: readonly BatchCommand[];
}

export interface BatchesOptions extends Omit<RunOptions, "input"> {
  /** Batches that run at a time. */
  readonly places: number;
  /** Commands of each that run at a time. */
  readonly parallel: number;
}

/**
 * Runs batches in many places in as few processes as can be, and returns the results by id in the order of the batches. `timeoutMs` is
 * for each batch. A place where no command can be run at all is an error.
 */
export async function runBatches(
  batches: readonly PlacedBatch[],
  { places, parallel, ...run }: BatchesOptions,
): Promise<readonly ReadonlyMap<string, CommandResult>[]> {
  const placed = batches.map(({ executor, commands }) => ({ executor, script: batchScript(commands, parallel) }));
  const answers = await runEverywhere(placed, {
    ...run,
    parallel: Math.ceil(places / Math.max(1, processesFor(placed))),
  });
  return batches.map(({ executor, commands }, index) => {
    const answer = answers[index];
    return answer === undefined ? new Map() : batchResults(commands, succeeded(answer).stdout, executor.where);
  });
}

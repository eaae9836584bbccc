import { batchFiles, batchScript, commandResult, jobsScript, runBatch, type BatchCommand } from "./batch.ts";
import { succeeded } from "./command-error.ts";
import type { CommandResult, Executor, RunOptions } from "./executor.ts";
import { inSharedProcesses, processesFor, type Placed } from "./shared-process.ts";

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
  /** For each batch. */
  readonly timeoutMs: number;
}

type Results = ReadonlyMap<string, CommandResult>;

/**
 * Runs batches in many places in as few processes as can be, and returns the results by id in the order of the batches. A place where
 * no command can be run at all is an error.
 */
export async function runBatches(
  batches: readonly PlacedBatch[],
  { places, ...options }: BatchesOptions,
): Promise<readonly Results[]> {
  const atATime = Math.ceil(places / Math.max(1, processesFor(batches)));
  const results: Results[] = [];
  await inSharedProcesses(batches, async (host, chunk) => {
    const [only] = chunk;
    const alone = chunk.length === 1 ? only : undefined;
    const own =
      alone === undefined
        ? await runShared(host, chunk, { ...options, places: atATime })
        : [await runBatch(alone.executor, alone.commands, options)];
    for (const [turn, { index }] of chunk.entries()) results[index] = own[turn] ?? new Map<string, CommandResult>();
  });
  return results;
}

/**
 * Batches of places that share a host, and with it the folder of results: a shell in each place starts the commands, and what they leave is
 * gathered once. The places' shells have the first numbers there, their commands the next ones.
 */
async function runShared(
  host: Executor,
  chunk: readonly Placed<PlacedBatch>[],
  { places, parallel, timeoutMs, ...run }: BatchesOptions,
): Promise<readonly Results[]> {
  const firsts = chunk.map((_, turn) =>
    chunk.slice(0, turn).reduce((sum, { commands }) => sum + commands.length, chunk.length),
  );
  const shells = chunk.map(({ prefix, commands }, turn): BatchCommand => {
    const input = jobsScript(commands, parallel, firsts[turn] ?? 0, fifoOf(turn));
    return { id: String(turn), argv: [...prefix, "sh", "-s"], input };
  });
  const script = batchScript(
    shells,
    places,
    shells.map((_, turn) => fifoOf(turn)),
  );
  const turns = Math.ceil(chunk.length / places);
  const { stdout } = await host.run(["sh", "-s"], { ...run, timeoutMs: turns * timeoutMs, input: script });
  const files = batchFiles(stdout, host.where);
  return chunk.map(({ executor: { where }, commands }, turn) => {
    const shell = shells[turn];
    if (shell !== undefined) succeeded(commandResult(where, shell, turn, files));
    const first = firsts[turn] ?? 0;
    return new Map(commands.map((command, index) => [command.id, commandResult(where, command, first + index, files)]));
  });
}

/** The pipe whose tokens bound the parallelism of one place. */
function fifoOf(turn: number): string {
  return `tokens${turn}`;
}

import { runBatch } from "./batch.ts";
import type { BatchCommand } from "./batch-command.ts";
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
  /** Milliseconds that each batch may take. */
  readonly timeoutMs: number;
}

type Results = ReadonlyMap<string, CommandResult>;

/**
 * Runs batches in many places in as few processes as can be, and returns the results by id in the order of the batches. Places of one host
 * share one batch, in which they take turns. A place where no command can be run at all is an error.
 */
export async function runBatches(
  batches: readonly PlacedBatch[],
  { places, parallel, timeoutMs, ...run }: BatchesOptions,
): Promise<readonly Results[]> {
  const results: Results[] = batches.map(() => new Map());
  const atATime = Math.ceil(places / Math.max(1, processesFor(batches)));
  await inSharedProcesses(batches, async (host, chunk) => {
    const [only] = chunk;
    if (chunk.length === 1 && only !== undefined) {
      results[only.index] = await runBatch(only.executor, only.commands, { ...run, timeoutMs, parallel });
      return;
    }
    const options = {
      ...run,
      timeoutMs: Math.ceil(chunk.length / atATime) * timeoutMs,
      parallel: Math.min(atATime, chunk.length) * parallel,
    };
    const answers = await runBatch(host, inTurn(chunk, parallel), options);
    for (const place of chunk) results[place.index] = resultsOf(place, answers);
  });
  return results;
}

/** So many commands of each place, then so many more of each. */
function inTurn(places: readonly Placed<PlacedBatch>[], share: number): readonly BatchCommand[] {
  const shares = places.flatMap((place) =>
    place.commands.map((command, number) => ({
      turn: Math.floor(number / share),
      command: { ...command, id: idOf(place, command), argv: [...place.prefix, ...command.argv] },
    })),
  );
  return shares.sort((a, b) => a.turn - b.turn).map(({ command }) => command);
}

function idOf({ index }: Placed<PlacedBatch>, { id }: BatchCommand): string {
  return `${index} ${id}`;
}

function resultsOf(place: Placed<PlacedBatch>, answers: Results): Results {
  const { executor, commands, prefix } = place;
  const [enter = ""] = prefix;
  const own = commands.flatMap((command) => {
    const answer = answers.get(idOf(place, command));
    return answer === undefined ? [] : [{ ...answer, where: executor.where, argv: command.argv, id: command.id }];
  });
  // What leads to the place says itself that it does not; of a missing program 127 tells.
  const [kept, ...others] = own.filter(
    ({ exitCode, stderr }) => exitCode !== 0 && exitCode !== 127 && stderr.startsWith(`${enter}: `),
  );
  if (kept !== undefined && enter !== "" && others.length + 1 === own.length) succeeded(kept);
  return new Map(own.map(({ id, ...result }) => [id, result]));
}

import { chunksOf } from "../core/chunks-of.ts";
import { groupBy } from "../core/group-by.ts";
import type { Scope } from "../core/scope.ts";
import { settleAll } from "../core/settle.ts";
import type { Executor, RunningCommand } from "./executor.ts";

/** What one process serves at the most: enough that its fork does not count, few enough that its output stays far below the limit. */
const perProcess = 25;

/** Something for one place, with its number among all and the words that lead from the host to the place. */
export type Placed<Item> = Item & {
  readonly index: number;
  readonly root: Executor;
  readonly prefix: readonly string[];
};

/**
 * Does work for many places in as few processes as can be: places that are namespaces of one host share them. A fork of this process,
 * with all that a run keeps in memory, costs more than what most commands do. All work ends before the first failure is thrown.
 */
export async function inSharedProcesses<Item extends { readonly executor: Executor }>(
  placed: readonly Item[],
  work: (host: Executor, chunk: readonly Placed<Item>[]) => Promise<void>,
): Promise<void> {
  await settleAll(shared(placed).map(([host, chunk]) => work(host, chunk)));
}

/** How many processes work for so many places is done in. */
export function processesFor(placed: readonly { readonly executor: Executor }[]): number {
  return shared(placed).length;
}

function shared<Item extends { readonly executor: Executor }>(
  placed: readonly Item[],
): readonly (readonly [Executor, readonly Placed<Item>[]])[] {
  const items = placed.map((item, index) => ({ ...item, index, ...rootOf(item.executor) }));
  const ofHosts = [...groupBy(items, ({ root }) => root)];
  return ofHosts.flatMap(([host, own]) => chunksOf(own, perProcess).map((chunk) => [host, chunk] as const));
}

/** Ends a shared process with the scope: before the spawn's own undo, whose SIGINT background jobs of a shell ignore (POSIX.1, 2.11). */
export function endWith(
  scope: Scope,
  running: RunningCommand,
  chunk: readonly { readonly executor: Executor }[],
): void {
  scope.defer(`stop what runs on ${chunk.map(({ executor }) => executor.where).join(", ")}`, async () => {
    await running.stop("SIGTERM");
  });
}

/** Where the places that share processes run: they fail together. */
export function hostOf(executor: Executor): Executor {
  return rootOf(executor).root;
}

/** The executor that runs what an executor of prefixes puts words before, and all these words. Places with one root share a machine. */
export function rootOf(executor: Executor): { readonly root: Executor; readonly prefix: readonly string[] } {
  const { behind } = executor;
  if (behind === undefined) return { root: executor, prefix: [] };
  const { root, prefix } = rootOf(behind.inner);
  return { root, prefix: [...prefix, ...behind.prefix] };
}

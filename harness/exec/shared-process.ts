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
 * with all that a run keeps in memory, costs more than what most commands do. `shared` says where an item's process runs; by default
 * on its host. All work ends before the first failure is thrown.
 */
export async function inSharedProcesses<Item extends { readonly executor: Executor }>(
  placed: readonly Item[],
  work: (host: Executor, chunk: readonly Placed<Item>[]) => Promise<void>,
  shared: (item: Placed<Item>) => Executor = ({ root }) => root,
): Promise<void> {
  const items = placed.map((item, index) => ({ ...item, index, ...rootOf(item.executor) }));
  const ofHosts = [...groupBy(items, shared)];
  await settleAll(ofHosts.flatMap(([host, own]) => chunksOf(own, perProcess).map((chunk) => work(host, chunk))));
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

/** Cuts a list into pieces of at most this size. */
function chunksOf<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const starts = Array.from({ length: Math.ceil(items.length / size) }, (_, index) => index * size);
  return starts.map((start) => items.slice(start, start + size));
}

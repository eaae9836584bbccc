import { groupBy } from "../core/group-by.ts";
import type { Scope } from "../core/scope.ts";
import { settleAll } from "../core/settle.ts";
import type { RunningCommand } from "./executor.ts";
import { shellQuote } from "./quote.ts";
import { chunksOf, rootOf, type PlacedScript } from "./run-everywhere.ts";

/** A script that goes on in one place, perhaps in one process with those of other places of its host. */
export interface SpawnedScript {
  /** Shared by all scripts of the process, and so are its output and its end; SIGTERM ends them all. */
  readonly running: RunningCommand;
}

/** Scripts that one process starts; each stays, with a shell of its own. */
const perProcess = 25;

/**
 * Starts scripts that go on until SIGTERM, in few processes: places that are namespaces of one host share one. Where a script ends
 * by itself while others of its process go on, a line says so: "<its place in `placed`> ended <exit code>". Scripts have no
 * standard input, and say themselves which one they are.
 */
export async function spawnEverywhere(
  placed: readonly PlacedScript[],
  scope: Scope,
): Promise<readonly SpawnedScript[]> {
  const entries = placed.map((entry, index) => ({ ...entry, index, ...rootOf(entry.executor) }));
  const spawned: SpawnedScript[] = [];
  const work = [...groupBy(entries, ({ root }) => root)].flatMap(([root, own]) =>
    chunksOf(own, perProcess).map(async (chunk) => {
      const [only] = chunk;
      const alone = chunk.length === 1 ? only : undefined;
      const running =
        alone === undefined
          ? await root.spawn(["sh", "-s"], scope, { input: sharedScript(chunk) })
          : await alone.executor.spawn(["sh", "-s"], scope, { input: alone.script });
      // Runs before the spawn's own undo, whose SIGINT background jobs of a shell ignore (POSIX.1, 2.11).
      scope.defer(`stop what runs on ${chunk.map(({ executor }) => executor.where).join(", ")}`, async () => {
        await running.stop("SIGTERM");
      });
      for (const { index } of chunk) spawned[index] = { running };
    }),
  );
  await settleAll(work);
  return spawned;
}

interface Entry extends PlacedScript {
  readonly index: number;
  readonly prefix: readonly string[];
}

/** A shell waits for each script, so that its end is told; a signal that reached this shell alone is handed on. */
function sharedScript(entries: readonly Entry[]): string {
  const starts = entries.map(({ index, prefix, script }) => {
    return `place ${index} ${shellQuote([...prefix, "sh", "-c", script])}`;
  });
  return `
pids=
trap 'trap "" TERM INT HUP; kill $pids 2>/dev/null; wait; exit 0' TERM INT HUP
place() {
  (
    number=$1; shift
    trap 'kill $pid 2>/dev/null; wait $pid; exit' TERM INT HUP
    "$@" </dev/null & pid=$!
    wait $pid
    echo "$number ended $?"
  ) & pids="$pids $!"
}
${starts.join("\n")}
wait
`;
}

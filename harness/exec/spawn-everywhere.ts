import type { Scope } from "../core/scope.ts";
import type { RunningCommand } from "./executor.ts";
import { shellQuote } from "./quote.ts";
import type { PlacedScript } from "./run-everywhere.ts";
import { endWith, inSharedProcesses, type Placed } from "./shared-process.ts";

/** A script that goes on in one place, perhaps in one process with those of other places of its host. */
export interface SpawnedScript {
  /** Shared by all scripts of the process, and so are its output and its end; SIGTERM ends them all. */
  readonly running: RunningCommand;
}

/**
 * Starts scripts that go on until SIGTERM, in few processes: places that are namespaces of one host share one. Where a script ends
 * by itself while others of its process go on, a line says so: "<its place in `placed`> ended <exit code>". Scripts have no
 * standard input, and say themselves which one they are.
 */
export async function spawnEverywhere(
  placed: readonly PlacedScript[],
  scope: Scope,
): Promise<readonly SpawnedScript[]> {
  const spawned: SpawnedScript[] = [];
  await inSharedProcesses(placed, async (host, chunk) => {
    const [only] = chunk;
    const alone = chunk.length === 1 ? only : undefined;
    const running =
      alone === undefined
        ? await host.spawn(["sh", "-s"], scope, { input: sharedScript(chunk) })
        : await alone.executor.spawn(["sh", "-s"], scope, { input: alone.script });
    endWith(scope, running, chunk);
    for (const { index } of chunk) spawned[index] = { running };
  });
  return spawned;
}

/** A shell waits for each script, so that its end is told; a signal that reached this shell alone is handed on. */
function sharedScript(entries: readonly Placed<PlacedScript>[]): string {
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

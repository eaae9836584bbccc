import { rm } from "node:fs/promises";
import { LabError } from "../../core/errors.ts";
import { poll } from "../../core/poll.ts";
import type { Executor } from "../../exec/executor.ts";
import { labFolders } from "../../lab/leftovers.ts";
import { findParts, type Part } from "./parts.ts";

/** Milliseconds until everything must be gone; a container takes some 0.3 s, several are removed at once. */
const removalTimeoutMs = 60_000;

/**
 * Removes everything that carries a run id on the engine, containers first, because networks in use stay. Looks again until
 * nothing is left: what a killed owner had just asked the engine for may appear meanwhile. Idempotent.
 */
export async function destroyContainers(runId: string, host: Executor): Promise<void> {
  let complaint = "";
  await poll(
    async () => {
      const parts = await findParts(host, runId);
      if (parts.length === 0) return { done: true, value: undefined };
      for (const kind of ["container", "network", "volume"] as const) {
        complaint = (await removeAll(kind, parts, host)) || complaint;
      }
      const left = await findParts(host, runId);
      if (left.length === 0) return { done: true, value: undefined };
      return { done: false, seen: `${left.map(({ name }) => name).join(", ")} left; ${complaint}` };
    },
    { what: `lab ${runId} to be removed`, timeoutMs: removalTimeoutMs, intervalMs: 200, fix: manualFix(runId) },
  ).catch((error: unknown) => {
    throw error instanceof LabError && complaint !== ""
      ? new LabError(error.message, { ...error.details, tail: complaint })
      : error;
  });
  for (const folder of await labFolders(runId)) await rm(folder, { recursive: true, force: true });
}

const removal = {
  container: ["docker", "rm", "--force", "--volumes"],
  network: ["docker", "network", "rm"],
  volume: ["docker", "volume", "rm", "--force"],
} as const;

/** What the engine said against it, or "". */
async function removeAll(kind: Part["kind"], parts: readonly Part[], host: Executor): Promise<string> {
  const names = parts.filter((part) => part.kind === kind).map(({ name }) => name);
  if (names.length === 0) return "";
  const { exitCode, stderr } = await host.tryRun([...removal[kind], ...names], { timeoutMs: removalTimeoutMs });
  return exitCode === 0 ? "" : stderr.trim();
}

function manualFix(runId: string): string {
  const filter = `--filter label=encaplab.run=${runId}`;
  return `docker rm -f $(docker ps -aq ${filter}); docker network rm $(docker network ls -q ${filter})`;
}

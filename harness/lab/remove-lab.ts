import { rm } from "node:fs/promises";
import { LabError } from "../core/errors.ts";
import { poll } from "../core/poll.ts";
import type { Executor } from "../exec/executor.ts";
import { processStart } from "./owner.ts";
import {
  abandonedFolders,
  abandonedProcesses,
  labFolders,
  labNamespaces,
  labProcesses,
  orphanFolders,
  type LabProcess,
} from "./leftovers.ts";

/** Milliseconds that killed processes get to vanish; they only need the kernel's attention. */
const killTimeoutMs = 5_000;

/** Times to look for processes. */
const maxKillRounds = 5;

/**
 * Removes everything that carries a run id: processes, temporary folders, then namespaces, the fabric's last, so that a
 * removal cut short is found and finished later. Removing what is gone already is no error; leaving something is.
 */
export async function removeLab(runId: string, host: Executor): Promise<void> {
  await killAll(runId);
  for (const folder of await labFolders(runId)) await rm(folder, { recursive: true, force: true });
  // Only now: a builder that outlived its owner may have made some until it was killed.
  const namespaces = await namespacesOf(runId);
  if (namespaces.length === 0) return;
  const input = namespaces.map((name) => `netns del ${name}\n`).join("");
  // -force goes on after a namespace that somebody else has just removed; what counts is what is left.
  const { stderr } = await host.tryRun(["ip", "-force", "-batch", "-"], { input });
  const left = await namespacesOf(runId);
  if (left.length === 0) return;
  throw new LabError(`${left.length} namespaces of lab ${runId} could not be removed: ${left.join(", ")}`, {
    tail: stderr.trim(),
    fix: left.map((name) => `ip netns del ${name}`).join("; "),
  });
}

/** Ends what killed commands left running in a lab that stays, and removes their folders; returns the processes that went. */
export async function removeAbandoned(runId: string, labOwner: number): Promise<readonly LabProcess[]> {
  const abandoned = await abandonedProcesses(runId, labOwner);
  if (abandoned.length > 0) await killThese(abandoned);
  for (const folder of await abandonedFolders(runId, labOwner)) await rm(folder, { recursive: true, force: true });
  return abandoned;
}

/** Removes what killed scripts that worked for no lab left in the temporary folder; returns what went. */
export async function removeOrphanFolders(): Promise<readonly string[]> {
  const folders = await orphanFolders();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
  return folders;
}

async function namespacesOf(runId: string): Promise<readonly string[]> {
  const own = (await labNamespaces()).filter((name) => name.runId === runId);
  const isFabric = (name: (typeof own)[number]): number => (name.ownerStart === undefined ? 0 : 1);
  return own.toSorted((a, b) => isFabric(a) - isFabric(b)).map(({ name }) => name);
}

/**
 * Kills by pid as just found, and waits until each is gone: their files and devices are in use until then. Looks again
 * afterwards, because a process may fork while it is being found.
 */
async function killAll(runId: string): Promise<void> {
  for (let round = 0; round < maxKillRounds; round += 1) {
    const processes = await labProcesses(runId, await namespacesOf(runId));
    if (processes.length === 0) return;
    await killThese(processes);
  }
}

async function killThese(processes: readonly LabProcess[]): Promise<void> {
  for (const { pid } of processes) kill(pid);
  await poll(
    async () => {
      const starts = await Promise.all(processes.map(({ pid }) => processStart(pid)));
      const left = processes.filter(({ start }, index) => starts[index] === start);
      const seen = left.map(({ pid, command }) => `${pid} ${command}`).join("; ");
      return left.length === 0 ? { done: true, value: undefined } : { done: false, seen };
    },
    { what: "killed processes of the lab to end", timeoutMs: killTimeoutMs },
  );
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

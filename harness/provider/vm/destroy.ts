import { readdir } from "node:fs/promises";
import { LabError } from "../../core/errors.ts";
import type { Executor } from "../../exec/executor.ts";
import { removeLab } from "../../lab/remove-lab.ts";
import type { LabId } from "../../lab/lab-id.ts";
import { machinesNamespace, parseMachinesNamespace } from "./vm-names.ts";

/**
 * Removes everything of a lab of machines: all processes that carry its run id, QEMU among them, folders, fabric and routers, and
 * last the namespace by which the lab is found. Removing what is gone already is no error.
 */
export async function destroyMachines(runId: string, host: Executor): Promise<void> {
  await removeLab(runId, host);
  for (const id of await labsOfMachines()) {
    if (id.runId !== runId) continue;
    const { exitCode, stderr } = await host.tryRun(["ip", "netns", "del", machinesNamespace(id)]);
    const left = (await labsOfMachines()).some((other) => other.runId === runId);
    if (exitCode === 0 || !left) continue;
    throw new LabError(`namespace ${machinesNamespace(id)} could not be removed`, { tail: stderr.trim() });
  }
}

/** All labs of machines here, by their namespaces. */
export async function labsOfMachines(): Promise<readonly LabId[]> {
  const names = await readdir("/run/netns").catch(() => [] as string[]);
  return names.sort().flatMap((name) => parseMachinesNamespace(name) ?? []);
}

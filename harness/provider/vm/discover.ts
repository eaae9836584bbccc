import type { Executor } from "../../exec/executor.ts";
import { stateOf } from "../../lab/lab-state.ts";
import { readLabel } from "../../lab/namespace-label.ts";
import { labFolders, labNamespaces, labProcesses } from "../../lab/leftovers.ts";
import { fabricNamespace, type LabId } from "../../lab/lab-id.ts";
import { ownerLives } from "../../lab/owner.ts";
import type { LabRef } from "../../lab/lab.ts";
import { labsOfMachines } from "./destroy.ts";
import { machinesNamespace } from "./vm-names.ts";

/** Finds all labs of machines on this host by the names of their namespaces. */
export async function discoverMachines(host: Executor): Promise<readonly LabRef[]> {
  return Promise.all((await labsOfMachines()).map((id) => describe(id, host)));
}

async function describe(id: LabId, host: Executor): Promise<LabRef> {
  const { runId, ownerPid } = id;
  const own = (await labNamespaces()).filter((name) => name.runId === runId);
  const machines = machinesNamespace(id);
  const namespaces = [...own.map(({ name }) => name), machines];
  const [state, processes, folders] = await Promise.all([
    stateOf(
      () => ownerLives([{ name: machines, ...id }]),
      () => readLabel(host, fabricNamespace(id)),
    ),
    labProcesses(runId, namespaces),
    labFolders(runId),
  ]);
  const parts = processes.map(({ pid, command }) => `process ${pid} (${command.slice(0, 60)})`);
  return {
    runId,
    provider: "vm",
    parts: [...namespaces, ...parts, ...folders],
    ...state,
    ownerPid,
  };
}

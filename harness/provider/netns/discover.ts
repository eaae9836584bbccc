import type { Executor } from "../../exec/executor.ts";
import type { LabRef } from "../../lab/lab.ts";
import { stateOf } from "../../lab/lab-state.ts";
import { readLabel } from "../../lab/namespace-label.ts";
import { foreignRuns, labFolders, labNamespaces, labProcesses } from "../../lab/leftovers.ts";
import type { NamespaceName } from "../../lab/lab-id.ts";
import { ownerLives } from "../../lab/owner.ts";

/** Finds all labs of namespaces on this machine by the names of their namespaces. */
export async function discoverLabs(host: Executor): Promise<readonly LabRef[]> {
  const byRun = new Map<string, NamespaceName[]>();
  const [names, foreign] = await Promise.all([labNamespaces(), foreignRuns()]);
  for (const name of names) {
    if (!foreign.has(name.runId)) byRun.set(name.runId, [...(byRun.get(name.runId) ?? []), name]);
  }
  return Promise.all([...byRun].map(([runId, names]) => describeLab(runId, names, host)));
}

async function describeLab(runId: string, names: readonly NamespaceName[], host: Executor): Promise<LabRef> {
  const namespaces = names.map(({ name }) => name);
  const fabric = names.find(({ ownerStart }) => ownerStart !== undefined)?.name;
  const [state, processes, folders] = await Promise.all([
    stateOf(
      () => ownerLives(names),
      () => (fabric === undefined ? Promise.resolve(undefined) : readLabel(host, fabric)),
    ),
    labProcesses(runId, namespaces),
    labFolders(runId),
  ]);
  const ownerPid = names[0]?.ownerPid;
  return {
    runId,
    provider: "netns",
    parts: [
      ...namespaces,
      ...processes.map(({ pid, command }) => `process ${pid} (${command.slice(0, 60)})`),
      ...folders,
    ],
    ...state,
    ...(ownerPid === undefined ? {} : { ownerPid }),
  };
}

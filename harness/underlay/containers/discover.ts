import type { Executor } from "../../exec/executor.ts";
import { labFolders } from "../../lab/leftovers.ts";
import type { LabRef } from "../../lab/lab.ts";
import { stateOf } from "../../lab/lab-state.ts";
import { readLabel } from "./label.ts";
import { dockerOwnerLives } from "./owner.ts";
import { findAllParts, findParts, type Part } from "./parts.ts";

/** Finds all labs of a provider on the engine by the labels of what they are made of. */
export async function discoverContainers(host: Executor, provider: string): Promise<readonly LabRef[]> {
  const byRun = new Map<string, Part[]>();
  const own = (await findAllParts(host)).filter((part) => part.provider === provider);
  for (const part of own) byRun.set(part.runId, [...(byRun.get(part.runId) ?? []), part]);
  return Promise.all([...byRun].map(([runId, parts]) => describeParts(runId, provider, parts, host)));
}

/** What the parts of one lab tell of it. */
export async function describeParts(
  runId: string,
  provider: string,
  parts: readonly Part[],
  host: Executor,
): Promise<LabRef> {
  const [first] = parts;
  const state = await stateOf(
    async () => first !== undefined && (await dockerOwnerLives(first.owner, host)),
    async () => readLabel(await findParts(host, runId)),
  );
  return {
    runId,
    provider,
    parts: [...parts.map(({ kind, name }) => `${kind} ${name}`), ...(await labFolders(runId))],
    ...state,
    ...(first === undefined ? {} : { ownerPid: first.owner.pid }),
  };
}

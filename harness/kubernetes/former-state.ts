import { LabError } from "../core/errors.ts";
import { kubectl, tryKubectl, type ClusterAccess } from "./access.ts";
import { createObjects } from "./create.ts";
import { saysNotThere } from "./kubectl-failure.ts";
import { runLabels } from "./run-mark.ts";

/** A patch of a cluster-wide object, as `kubectl patch` takes it. */
export interface Patch {
  /** With its group: `ippools.crd.projectcalico.org`. */
  readonly resource: string;
  readonly name: string;
  readonly type: "merge" | "json";
  /** JSON. */
  readonly patch: string;
}

/** Object in a run's namespace that holds what must be restored: it survives whoever made the change. */
const objectName = "former-state";

/**
 * Writes down, in the cluster, the patches that put back what is about to be changed; the first record stays, because later
 * changes start from what the run itself has made. Call it before the change.
 */
export async function rememberFormerState(
  access: ClusterAccess,
  { runId, namespace }: { readonly runId: string; readonly namespace: string },
  undo: readonly Patch[],
): Promise<void> {
  if ((await formerState(access, namespace)) !== undefined) return;
  const metadata = { name: objectName, namespace, labels: runLabels(runId) };
  const data = { patches: JSON.stringify(undo) };
  await createObjects(access, [{ apiVersion: "v1", kind: "ConfigMap", metadata, data }]);
}

/** What must be put back; undefined where nothing was changed. */
async function formerState(access: ClusterAccess, namespace: string): Promise<readonly Patch[] | undefined> {
  const args = ["get", "configmap", objectName, "-n", namespace, "-o", "json"];
  const result = await tryKubectl(access, args);
  if (result.exitCode !== 0 && saysNotThere(result)) return undefined;
  const { stdout } = result.exitCode === 0 ? result : await kubectl(access, args);
  const { data } = JSON.parse(stdout) as { data?: { patches?: string } };
  return JSON.parse(data?.patches ?? "[]") as readonly Patch[];
}

/** Puts back what a run has changed, and forgets it. Idempotent. */
export async function restoreFormerState(access: ClusterAccess, namespace: string): Promise<void> {
  const patches = await formerState(access, namespace);
  if (patches === undefined) return;
  for (const patch of patches) await applyBack(access, patch, namespace);
  await kubectl(access, ["delete", "configmap", objectName, "-n", namespace, "--ignore-not-found"]);
}

/** Applies one patch. */
export async function applyPatch(access: ClusterAccess, { resource, name, type, patch }: Patch): Promise<void> {
  await kubectl(access, ["patch", resource, name, `--type=${type}`, "-p", patch]);
}

async function applyBack(access: ClusterAccess, patch: Patch, namespace: string): Promise<void> {
  try {
    await applyPatch(access, patch);
  } catch (cause) {
    throw new LabError(`${patch.resource}/${patch.name} could not be restored to its former state`, {
      where: access.name,
      cause,
      tail: `kubectl patch ${patch.resource} ${patch.name} --type=${patch.type} -p '${patch.patch}'`,
      fix: `run the command above by hand, then: kubectl delete namespace ${namespace}`,
    });
  }
}

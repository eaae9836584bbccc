import { poll, type Look } from "../core/poll.ts";
import type { Scope } from "../core/scope.ts";
import { ownerIsAlive } from "../lab/owner-machine.ts";
import type { LabLabel, LabRef } from "../lab/lab.ts";
import { parseLabel, stateOf } from "../lab/lab-state.ts";
import { noSuchLab } from "../lab/identity-errors.ts";
import { getObjects, kubectl, type ClusterAccess } from "./access.ts";
import { createObjects } from "./create.ts";
import { restoreFormerState } from "./former-state.ts";
import { renderNamespace } from "./render-run.ts";
import {
  keys,
  managedBySelector,
  markOf,
  namespaceOf,
  type NamespaceMark,
  type NamespaceObject,
  type RunMark,
} from "./run-mark.ts";

/** Milliseconds for each of the two steps of a removal: 2 to 8 s are usual, and a busy control plane takes its time. */
const removalTimeoutMs = 60_000;

/** Milliseconds for an undo step: a removal, and the patience with an API that is silent. */
const undoTimeoutMs = 180_000;

/** Makes the namespace of a run; its removal, and the return of what was changed, are registered first. */
export async function makeRunNamespace(access: ClusterAccess, mark: RunMark, scope: Scope): Promise<void> {
  const namespace = namespaceOf(mark.runId);
  scope.defer(
    `remove namespace ${namespace} from ${access.name}`,
    () => removeNamespace(access, mark.runId),
    undoTimeoutMs,
  );
  scope.defer(`remove pods and services of ${namespace}`, () => emptyNamespace(access, namespace), undoTimeoutMs);
  scope.defer(`restore what was changed in ${access.name}`, () => restoreFormerState(access, namespace), undoTimeoutMs);
  await createObjects(access, [renderNamespace(mark)]);
}

/** Puts back what a run changed, then removes everything that it made. Idempotent. */
export async function removeRun(access: ClusterAccess, runId: string): Promise<void> {
  await restoreFormerState(access, namespaceOf(runId));
  await emptyNamespace(access, namespaceOf(runId));
  await removeNamespace(access, runId);
}

/** Pods go by force: there is nothing in them to be saved, and a namespace waits long for those that end by themselves. */
async function emptyNamespace(access: ClusterAccess, namespace: string): Promise<void> {
  const force = ["--grace-period=0", "--force", "--wait=false", "--ignore-not-found"];
  await kubectl(access, ["delete", "daemonsets,pods,services", "-n", namespace, "-l", managedBySelector, ...force]);
  await gone(access, ["pods", "-n", namespace], `the pods of ${namespace}`);
}

async function removeNamespace(access: ClusterAccess, runId: string): Promise<void> {
  const namespace = namespaceOf(runId);
  await kubectl(access, ["delete", "namespace", namespace, "--ignore-not-found", "--wait=false"]);
  await gone(access, ["namespaces", "-l", `${keys.run}=${runId}`], `namespace ${namespace}`);
}

async function gone(access: ClusterAccess, args: readonly string[], what: string): Promise<void> {
  const look = async (): Promise<Look<undefined>> => {
    const left = (await getObjects<NamespaceObject>(access, args)).map(({ metadata }) => metadata.name);
    return left.length === 0 ? { done: true, value: undefined } : { done: false, seen: `${left.join(", ")} is there` };
  };
  await poll(look, {
    what: `${what} to go`,
    timeoutMs: removalTimeoutMs,
    intervalMs: 200,
    where: access.name,
    fix: `see kubectl describe of it, then: npm run lab -- down --stale --kubeconfig FILE`,
  });
}

/** The runs that have something in a cluster, as labs of the named provider. */
export async function findRuns(access: ClusterAccess, provider: string): Promise<readonly LabRef[]> {
  const own = (await runMarks(access)).filter((mark) => (mark.provider ?? provider) === provider);
  return Promise.all(own.map((mark) => refOf(mark, provider)));
}

/** The mark of one run; LabError where the cluster has none of that name. */
export async function runMark(access: ClusterAccess, runId: string): Promise<NamespaceMark> {
  const mark = (await runMarks(access)).find((candidate) => candidate.runId === runId);
  if (mark !== undefined) return mark;
  throw noSuchLab(runId, `in ${access.name}`);
}

/** Writes the label of a lab on its namespace. */
export async function labelRun(access: ClusterAccess, runId: string, label: LabLabel): Promise<void> {
  const patch = JSON.stringify({ metadata: { annotations: { [keys.label]: JSON.stringify(label) } } });
  await kubectl(access, ["patch", "namespace", namespaceOf(runId), "--type=merge", "-p", patch]);
}

async function runMarks(access: ClusterAccess): Promise<readonly NamespaceMark[]> {
  const namespaces = await getObjects<NamespaceObject>(access, ["namespaces", "-l", managedBySelector]);
  return namespaces.flatMap((namespace) => markOf(namespace) ?? []);
}

async function refOf({ runId, owner, label }: NamespaceMark, provider: string): Promise<LabRef> {
  // Whether an owner on another machine lives cannot be known: better a leftover than a lab torn down in use.
  const lives = async (): Promise<boolean> => (await ownerIsAlive(owner)) !== false;
  return {
    runId,
    provider,
    parts: [`namespace ${namespaceOf(runId)}`],
    ...(await stateOf(lives, () => Promise.resolve(label === undefined ? undefined : parseLabel(label)))),
    ownerPid: owner.pid,
  };
}

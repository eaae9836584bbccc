import { askKubectl, type ClusterAccess } from "./access.ts";
import { kubectlFailure } from "./kubectl-failure.ts";
import type { Manifest } from "./render-run.ts";

/**
 * Creates objects with one command. `create` and not `apply`: nothing of a run is there before, and no object is too large. Without
 * kubectl's own validation, for which it fetches the API's whole description each time.
 */
export async function createObjects(access: ClusterAccess, objects: readonly Manifest[]): Promise<void> {
  if (objects.length === 0) return;
  const list = { apiVersion: "v1", kind: "List", items: objects };
  const args = ["create", "--validate=false", "-f", "-"];
  const asked = await askKubectl(access, args, { input: JSON.stringify(list), timeoutMs: 60_000 });
  const { result, attempts, silentMs } = asked;
  if (result.exitCode === 0 || (attempts > 1 && allExist(result.stderr))) return;
  throw kubectlFailure(result, access.name, silentMs);
}

/** Whether nothing is wrong but that an attempt before, whose answer was lost, has made them. */
function allExist(stderr: string): boolean {
  const errors = stderr.split("\n").filter((line) => line.startsWith("Error"));
  return errors.length > 0 && errors.every((line) => line.includes("(AlreadyExists)"));
}

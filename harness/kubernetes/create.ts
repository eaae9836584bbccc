import { kubectl, type ClusterAccess } from "./access.ts";
import type { Manifest } from "./render-run.ts";

/** Creates objects with one command. `create` and not `apply`: nothing of a run is there before, and no object is too large. */
export async function createObjects(access: ClusterAccess, objects: readonly Manifest[]): Promise<void> {
  if (objects.length === 0) return;
  const list = { apiVersion: "v1", kind: "List", items: objects };
  await kubectl(access, ["create", "-f", "-"], { input: JSON.stringify(list), timeoutMs: 60_000 });
}

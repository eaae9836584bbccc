import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Lab } from "../../lab/lab.ts";

/**
 * Folder of a lab's Calico: datastore, state and logs of every node. Its name is one that the provider's clean-up knows,
 * so that a lab whose maker was killed leaves none behind.
 */
export function labFolder(lab: Lab): string {
  return join(tmpdir(), `encaplab-${lab.runId}.calico`);
}

/** Folder of one node's Calico: what it takes for /var/run/calico, /var/lib/calico and /etc/calico, and its logs. */
export function nodeFolder(lab: Lab, node: string): string {
  // On a machine of its own the name must not tell the lab: a saved state is restored for others.
  return join(lab.machines === undefined ? labFolder(lab) : "/tmp/encaplab.calico", node);
}

/** Folder of the lab's etcd. No node can have that name, because of the dot. */
export function etcdFolder(lab: Lab): string {
  return join(labFolder(lab), ".etcd");
}

import { tmpdir } from "node:os";
import { join } from "node:path";
import { runIdPattern } from "../../core/run-id.ts";
import { memberNamespace, type LabId } from "../../lab/lab-id.ts";

/**
 * Namespace in which a lab's machines and their management wires live: `el7f3kq.1234+vm.9k3f`. It is made first and removed
 * last, and it is what tells a lab of machines from one of namespaces: both have a fabric and routers.
 */
export function machinesNamespace({ runId, ownerPid, ownerStart }: LabId): string {
  return `el${runId}.${ownerPid}+vm.${ownerStart}`;
}

const pattern = new RegExp(`^el(${runIdPattern})\\.(\\d+)\\+vm\\.(\\d+)$`);

/** The lab that a namespace of machines belongs to; undefined for all others. */
export function parseMachinesNamespace(name: string): LabId | undefined {
  const [, runId, ownerPid, ownerStart] = pattern.exec(name) ?? [];
  if (runId === undefined || ownerStart === undefined) return undefined;
  return { runId, ownerPid: Number(ownerPid), ownerStart };
}

/** Folder of a lab's sockets, consoles and keys; its name makes it part of the lab (see `labFolders`). */
export function machinesFolder({ runId }: LabId): string {
  return join(tmpdir(), `encaplab-${runId}.vm`);
}

/** What QEMU calls a node, for people who look at their processes: `el7f3kq.1234-a1`. */
export function guestName(id: LabId, node: string): string {
  return memberNamespace(id, node);
}

/**
 * Prefix for namespaces that a dataplane makes on a node. The same in all labs, for a machine is one lab's alone: what is running in a
 * saved state keeps its names in the lab that it is restored for.
 */
export const nodePrefix = "pod-";

/** Outer end of the n-th node's management wire, counted from 0: a tap in the namespace of machines. */
export function managementTap(index: number): string {
  return `mgmt${index + 1}`;
}

import { tmpdir } from "node:os";
import { join } from "node:path";
import { runIdPattern } from "../../core/run-id.ts";
import { memberNamespace, type LabId } from "../netns/names.ts";

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

/** Bridge of the management wires, and its address: link-local, seen by nothing but the lab's own namespace. */
export const managementBridge = { device: "management", address: "169.254.77.254" } as const;

/** The management card of the n-th node, counted from 0: outside device, address, MAC (locally administered). */
export function managementPort(index: number): {
  readonly tap: string;
  readonly address: string;
  readonly mac: string;
} {
  const number = index + 1;
  const byte = number.toString(16).padStart(2, "0");
  return { tap: `mgmt${number}`, address: `169.254.77.${number}`, mac: `02:00:a9:fe:4d:${byte}` };
}

/** Nodes that the management network has addresses for. */
export const maxGuests = 253;

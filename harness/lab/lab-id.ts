import { runIdPattern } from "../core/run-id.ts";

/** Who made a lab: enough to name all its parts, and to tell later whether the maker still lives. */
export interface LabId {
  readonly runId: string;
  readonly ownerPid: number;
  /** Start of the owner in clock ticks since boot (proc(5), stat field 22): tells a reused pid from the owner. */
  readonly ownerStart: string;
}

/** A namespace's name taken apart. */
export interface NamespaceName {
  readonly name: string;
  readonly runId: string;
  readonly ownerPid: number;
  /** The namespace that holds the lab's bridges; it is made first, removed last, and names the owner's start. */
  readonly ownerStart?: string;
}

/** Prefix of the namespaces of nodes, routers and pods: `el7f3kq.1234-`. */
export function memberPrefix({ runId, ownerPid }: LabId): string {
  return `el${runId}.${ownerPid}-`;
}

/** Namespace of a node or router: `el7f3kq.1234-a1`. */
export function memberNamespace(id: LabId, member: string): string {
  return `${memberPrefix(id)}${member}`;
}

/** Namespace with the lab's bridges: `el7f3kq.1234+fabric.9k3f`; no member can have that name, because of the `+`. */
export function fabricNamespace({ runId, ownerPid, ownerStart }: LabId): string {
  return `el${runId}.${ownerPid}+fabric.${ownerStart}`;
}

/** Value of ENCAPLAB_RUN that every process of a lab carries. */
export function runMark({ runId }: Pick<LabId, "runId">, pid: number): string {
  return `${runId}:${pid}`;
}

const pattern = new RegExp(`^el(${runIdPattern})\\.(\\d+)(?:-.+|\\+fabric\\.(\\d+))$`);

/** Takes the name of a namespace apart; undefined for namespaces that are none of ours. */
export function parseNamespace(name: string): NamespaceName | undefined {
  const [, runId, ownerPid, ownerStart] = pattern.exec(name) ?? [];
  if (runId === undefined) return undefined;
  return { name, runId, ownerPid: Number(ownerPid), ...(ownerStart === undefined ? {} : { ownerStart }) };
}

const foreign = new RegExp(`^el(${runIdPattern})\\.\\d+\\+(?!fabric\\.)\\w+\\.\\d+$`);

/** The run that a namespace `el7f3kq.1234+vm.9k3f` marks as another provider's, whose fabric and routers are namespaces too. */
export function parseForeignRun(name: string): string | undefined {
  return foreign.exec(name)?.[1];
}

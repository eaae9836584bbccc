import { hostname } from "node:os";
import type { LabId } from "../../lab/lab-id.ts";

/** Keys of the labels on everything that a lab has on an engine; by them it is found again, whoever made it. */
export const labelKeys = {
  run: "encaplab.run",
  /** Which provider made it: kind's racks and routers are made here too. */
  provider: "encaplab.provider",
  ownerPid: "encaplab.owner-pid",
  ownerStart: "encaplab.owner-start",
  /** An engine may serve several machines: only the owner's own can tell whether it lives. */
  ownerHost: "encaplab.owner-host",
  member: "encaplab.member",
  role: "encaplab.role",
  /** The lab's LabLabel as base64url of its JSON: lists of labels are printed with commas between them. */
  label: "encaplab.label",
  labeledAt: "encaplab.labeled-at",
} as const;

/** Labels of everything that belongs to a lab of a provider. */
export function labLabels({ runId, ownerPid, ownerStart }: LabId, provider: string): Readonly<Record<string, string>> {
  return {
    [labelKeys.run]: runId,
    [labelKeys.provider]: provider,
    [labelKeys.ownerPid]: String(ownerPid),
    [labelKeys.ownerStart]: ownerStart,
    [labelKeys.ownerHost]: hostname(),
  };
}

/** Container of a node or router: `encaplab-7f3kq-a1`. */
export function memberContainer(runId: string, member: string): string {
  return `encaplab-${runId}-${member}`;
}

/**
 * Network of a segment: `rack-7f3kq-rack-a`. Docker gives the default route to, and numbers interfaces by, the network whose
 * name sorts first: these sort after `kind`, so that a kind node keeps its own network for both.
 */
export function rackNetwork(runId: string, segment: string): string {
  return `rack-${runId}-${segment}`;
}

/** Bridge device of the nth segment, at most 15 characters: `el7f3kq-0`. */
export function rackBridge(runId: string, index: number): string {
  return `el${runId}-${index}`;
}

/** `--label key=value` for each label. */
export function labelArgv(labels: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]);
}

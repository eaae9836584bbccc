import { LabError, messageOf } from "../../core/errors.ts";
import type { Executor } from "../../exec/executor.ts";
import { shellQuote } from "../../exec/quote.ts";
import type { LabLabel } from "../../lab/lab.ts";
import type { HostsOwner } from "../../lab/owner-machine.ts";

/** A kernel setting below /proc/sys/net with its value. */
export type SavedSetting = readonly [path: string, value: string];

/** What a host remembers of the lab that uses it: whose it is, and how to undo it. It lives in a file of root's on the host. */
export interface HostRecord {
  readonly version: 1;
  readonly runId: string;
  /** Name of the node or router that the host stands for. */
  readonly member: string;
  readonly owner: HostsOwner;
  /** Digest of the plan that it was taken for. */
  readonly digest: string;
  /** Device of each planned port, in the plan's order. */
  readonly devices: readonly string[];
  /** Settings as they were, in the order in which they are to be written back. */
  readonly saved: readonly SavedSetting[];
  /** Networks that are the lab's own: routes into them go with it. */
  readonly networks: readonly string[];
  /** Packages that were installed for it. */
  readonly installed: readonly string[];
  readonly label?: LabLabel;
}

/** Folder on a host; /run is empty after a reboot, and so are the settings that it would undo. */
export const recordFolder = "/run/encaplab";

/** A host carries one lab at a time, so the record has one name; making it is how a lab takes the host. */
export const recordFile = `${recordFolder}/lab.json`;

/** Prefix of the namespaces that a lab's dataplane makes on hosts; not that of labs made of namespaces. */
export function hostNamespacePrefix({ runId, owner }: Pick<HostRecord, "runId" | "owner">): string {
  return `eh${runId}.${owner.pid}-`;
}

/** The record of a host; undefined when no lab uses it. */
export async function readRecord(executor: Executor): Promise<HostRecord | undefined> {
  const { stdout } = await executor.run(["sh", "-c", `[ ! -e ${recordFile} ] || cat ${recordFile}`]);
  return parseRecord(stdout, executor.where);
}

/** Reads a record's text; undefined for none. Throws a LabError when it is none of this version. */
export function parseRecord(text: string, where: string): HostRecord | undefined {
  if (text.trim() === "") return undefined;
  try {
    const record = JSON.parse(text) as HostRecord;
    if ((record.version as number) === 1) return record;
    throw new Error(`version ${String(record.version)}`);
  } catch (error) {
    throw new LabError(`the lab's record on a host cannot be read: ${messageOf(error)}`, {
      where,
      tail: text,
      fix: `look at ${recordFile} there; remove it once the host is clean`,
    });
  }
}

/** Script that takes a host for a lab, or exits with 17 and prints the record of the lab that has it. */
export function takeScript(record: HostRecord): string {
  return `umask 077
mkdir -p ${recordFolder}
new=${recordFolder}/.new.$$
${writeLine(record)} >$new
ln $new ${recordFile} 2>/dev/null || { rm -f $new; cat ${recordFile}; exit 17; }
rm -f $new
`;
}

/** Replaces the record of a lab that has the host. */
export async function replaceRecord(executor: Executor, record: HostRecord): Promise<void> {
  const script = `umask 077
new=${recordFolder}/.new.$$
${writeLine(record)} >$new
mv $new ${recordFile}
`;
  await executor.run(["sh", "-e", "-s"], { input: script });
}

function writeLine(record: HostRecord): string {
  return `printf '%s\\n' ${shellQuote([JSON.stringify(record)])}`;
}

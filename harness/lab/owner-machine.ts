import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { ownerGone } from "./identity-errors.ts";
import { processStart } from "./owner.ts";

/** The process that uses hosts, as other machines can be told of it. */
export interface HostsOwner {
  readonly pid: number;
  /** Start in clock ticks since boot: tells a reused pid from the owner. */
  readonly start: string;
  /** Digest of machine id and host name: containers on one machine share a boot but not a name. */
  readonly machine: string;
  /** The kernel's boot id: no process outlives a boot. */
  readonly boot: string;
  /** For people. */
  readonly hostname: string;
}

/** Identity of a process of this machine. Throws a LabError once it is gone. */
export async function ownerOf(pid: number): Promise<HostsOwner> {
  const start = await processStart(pid);
  if (start === undefined) throw ownerGone(pid);
  return { pid, start, ...(await thisMachine()) };
}

/** Whether an owner lives; undefined when it is on another machine and so cannot be known. */
export async function ownerIsAlive(owner: HostsOwner): Promise<boolean | undefined> {
  const { machine, boot } = await thisMachine();
  if (owner.machine !== machine) return undefined;
  return owner.boot === boot && (await processStart(owner.pid)) === owner.start;
}

async function thisMachine(): Promise<Omit<HostsOwner, "pid" | "start">> {
  const read = (file: string): Promise<string> => readFile(file, "utf8").catch(() => "");
  const [id, boot] = [await read("/etc/machine-id"), await read("/proc/sys/kernel/random/boot_id")];
  const name = hostname();
  const machine = createHash("sha256").update(`${id.trim()} ${name}`).digest("hex").slice(0, 12);
  return { machine, boot: boot.trim(), hostname: name };
}

import { readdir, readFile, readlink, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processStart } from "./owner.ts";
import { parseNamespace, type NamespaceName } from "./names.ts";

/** Where `ip netns add` mounts namespaces (ip-netns(8)). */
const namespaceFolder = "/run/netns";

/** A process that belongs to a lab: it is in one of its namespaces, or carries its run id. */
export interface LabProcess {
  readonly pid: number;
  /** Clock ticks since boot; with the pid it names the process for good. */
  readonly start: string;
  readonly command: string;
}

/** All namespaces of all our labs on this machine. */
export async function labNamespaces(): Promise<readonly NamespaceName[]> {
  const names = await readdir(namespaceFolder).catch(() => [] as string[]);
  return names.flatMap((name) => parseNamespace(name) ?? []).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Processes of a lab, by namespace and by the mark in their environment; never this process itself. */
export async function labProcesses(runId: string, namespaces: readonly string[]): Promise<readonly LabProcess[]> {
  const inodes = new Set(await Promise.all(namespaces.map(inodeOf)));
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      if (pid === process.pid) return [];
      const inside = inodes.has(await readlink(`/proc/${pid}/ns/net`).catch(() => ""));
      if (!inside && !(await carriesRun(pid, runId))) return [];
      const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      const start = await processStart(pid);
      return start === undefined ? [] : [{ pid, start, command: command.replaceAll("\0", " ").trim() }];
    }),
  );
  return found.flat();
}

/** Temporary folders of a lab: `/tmp/encaplab-<run>.…`. */
export async function labFolders(runId: string): Promise<readonly string[]> {
  const names = await readdir(tmpdir());
  return names.filter((name) => name.startsWith(`encaplab-${runId}.`)).map((name) => join(tmpdir(), name));
}

async function inodeOf(namespace: string): Promise<string> {
  const { ino } = await stat(join(namespaceFolder, namespace)).catch(() => ({ ino: 0 }));
  return `net:[${ino}]`;
}

async function carriesRun(pid: number, runId: string): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
  return `\0${environment}`.includes(`\0ENCAPLAB_RUN=${runId}:`);
}

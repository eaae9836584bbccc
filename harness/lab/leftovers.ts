import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processStart } from "./owner.ts";
import { parseForeignRun, parseNamespace, type NamespaceName } from "./lab-id.ts";

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

/** Runs whose namespaces belong to a lab of another provider. */
export async function foreignRuns(): Promise<ReadonlySet<string>> {
  const names = await readdir(namespaceFolder).catch(() => [] as string[]);
  return new Set(names.flatMap((name) => parseForeignRun(name) ?? []));
}

/**
 * Processes of a lab, by namespace and by the mark in their environment; never this process itself. Reads /proc without
 * giving way: three times as fast, and what is read is memory.
 */
export async function labProcesses(runId: string, namespaces: readonly string[]): Promise<readonly LabProcess[]> {
  const inodes = new Set(namespaces.map(inodeOf));
  const pids = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const mine = pids.filter((pid) => {
    if (pid === process.pid) return false;
    const inside = inodes.has(read(() => readlinkSync(`/proc/${pid}/ns/net`)));
    return inside || carriesRun(pid, runId);
  });
  const found = await Promise.all(
    mine.map(async (pid) => {
      const command = read(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
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

function inodeOf(namespace: string): string {
  const ino = statSync(join(namespaceFolder, namespace), { throwIfNoEntry: false })?.ino ?? 0;
  return `net:[${ino}]`;
}

function carriesRun(pid: number, runId: string): boolean {
  const environment = read(() => readFileSync(`/proc/${pid}/environ`, "latin1"));
  return `\0${environment}`.includes(`\0ENCAPLAB_RUN=${runId}:`);
}

/** Processes end while they are looked at; what cannot be read any more is empty. */
function read(look: () => string): string {
  try {
    return look();
  } catch {
    return "";
  }
}

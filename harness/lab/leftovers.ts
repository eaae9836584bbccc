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
  const mine = pidsNow().filter((pid) => {
    if (pid === process.pid) return false;
    const inside = inodes.has(read(() => readlinkSync(`/proc/${pid}/ns/net`)));
    return inside || markOf(pid)?.runId === runId;
  });
  return describeProcesses(mine);
}

/** Temporary folders of a lab: `/tmp/encaplab-<run>.…`; here, and where those are who have no TMPDIR. */
export async function labFolders(runId: string): Promise<readonly string[]> {
  const places = [...new Set([tmpdir(), "/tmp"])];
  const found = await Promise.all(
    places.map(async (place) => {
      const names = await readdir(place).catch(() => [] as string[]);
      return names.filter((name) => name.startsWith(`encaplab-${runId}.`)).map((name) => join(place, name));
    }),
  );
  return found.flat();
}

/** Temporary folders of killed commands on a lab that stays: `/tmp/encaplab-<run>.<pid of the command>.…`. */
export async function abandonedFolders(runId: string, labOwner: number): Promise<readonly string[]> {
  const found = await Promise.all(
    (await labFolders(runId)).map(async (path) => {
      const pid = Number(/\.(\d+)\.\w+$/.exec(path)?.[1] ?? labOwner);
      return pid === labOwner || (await processStart(pid)) !== undefined ? [] : [path];
    }),
  );
  return found.flat();
}

/** Temporary folders of killed scripts that worked for no lab (exec/batch.ts): `/tmp/encaplab-none.<pid>.…`. */
export function orphanFolders(): Promise<readonly string[]> {
  return abandonedFolders("none", 0);
}

function inodeOf(namespace: string): string {
  const ino = statSync(join(namespaceFolder, namespace), { throwIfNoEntry: false })?.ino ?? 0;
  return `net:[${ino}]`;
}

/**
 * Processes that a command on a lab left behind when it was killed: they carry the run's mark with the pid of a process that
 * is dead and is not the lab's owner, whose own processes stay as long as the lab.
 */
export async function abandonedProcesses(runId: string, labOwner: number): Promise<readonly LabProcess[]> {
  const marked = pidsNow().flatMap((pid) => {
    const mark = markOf(pid);
    return mark?.runId === runId && mark.pid !== labOwner && pid !== process.pid ? [{ pid, visitor: mark.pid }] : [];
  });
  const visitors = [...new Set(marked.map(({ visitor }) => visitor))];
  const starts = await Promise.all(visitors.map((visitor) => processStart(visitor)));
  const dead = new Set(visitors.filter((_, index) => starts[index] === undefined));
  return describeProcesses(marked.flatMap(({ pid, visitor }) => (dead.has(visitor) ? [pid] : [])));
}

function pidsNow(): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

async function describeProcesses(pids: readonly number[]): Promise<readonly LabProcess[]> {
  const found = await Promise.all(
    pids.map(async (pid) => {
      const command = read(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
      const start = await processStart(pid);
      return start === undefined ? [] : [{ pid, start, command: command.replaceAll("\0", " ").trim() }];
    }),
  );
  return found.flat();
}

/** The mark in a process's environment: whose lab it works on, and for which process. */
function markOf(pid: number): { readonly runId: string; readonly pid: number } | undefined {
  const environment = read(() => readFileSync(`/proc/${pid}/environ`, "latin1"));
  const [, runId, owner] = /\0ENCAPLAB_RUN=([^:\0]+):(\d+)/.exec(`\0${environment}`) ?? [];
  return runId === undefined ? undefined : { runId, pid: Number(owner) };
}

/** Processes end while they are looked at; what cannot be read any more is empty. */
function read(look: () => string): string {
  try {
    return look();
  } catch {
    return "";
  }
}

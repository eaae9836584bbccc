import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { LabError, messageOf } from "./errors.ts";
import { poll } from "./poll.ts";
import { exists } from "./exists.ts";

/** Longest wait for another run that is making the same thing; the slowest is a kernel download. */
const lockTimeoutMs = 300_000;

/**
 * Gives the folder `<cache>/<kind>/<key>`, made by `make` if it is not there. A folder appears whole or not at all: it is
 * filled under another name and then renamed. Of several runs that want the same one, one makes it and the others wait.
 */
export async function cached(
  cache: string,
  kind: string,
  key: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(cache, kind, key);
  if (await exists(folder)) return touched(folder);
  try {
    await mkdir(join(cache, kind), { recursive: true });
    return await withLock(`${folder}.lock`, async () => {
      if (!(await exists(folder))) await makeWhole(folder, make);
      return folder;
    });
  } catch (error) {
    throw explained(error, cache);
  }
}

/** Dates a folder of the cache anew, because it is used now. A cache that cannot be written is used all the same. */
export async function markUsed(folder: string): Promise<void> {
  const now = new Date();
  await utimes(folder, now, now).catch(() => undefined);
}

/** Keeps the `keep` folders of a kind that were used last; the others, and what dead runs left incomplete, go. */
export async function pruneCache(cache: string, kind: string, keep: number): Promise<void> {
  const folder = join(cache, kind);
  const names = await readdir(folder).catch(() => []);
  const halfMade = names.filter(isHalfMade);
  const whole = names.filter((name) => !name.endsWith(".lock") && ownerOf(name) === undefined);
  const dated = await Promise.all(
    whole.map(async (name) => ({ name, used: (await stat(join(folder, name))).mtimeMs })),
  );
  const old = dated.sort((a, b) => b.used - a.used).slice(keep);
  const gone = [...halfMade, ...old.map(({ name }) => name)];
  await Promise.all(gone.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

/** Whether a name in the cache is what a run left half-made when it died. */
export function isHalfMade(name: string): boolean {
  const owner = ownerOf(name);
  return owner !== undefined && !isAlive(owner);
}

/** Whether a name in the cache is a lock, or something that a live run makes just now. */
export function isInTheMaking(name: string): boolean {
  const owner = ownerOf(name);
  return name.endsWith(".lock") || (owner !== undefined && isAlive(owner));
}

async function makeWhole(folder: string, make: (folder: string) => Promise<void>): Promise<void> {
  const half = `${folder}.${process.pid}.${randomUUID().slice(0, 8)}.part`;
  try {
    await mkdir(half);
    await make(half);
    await rename(half, folder);
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    throw error;
  }
}

async function withLock<T>(file: string, body: () => Promise<T>): Promise<T> {
  await poll(
    async () => ((await takeLock(file)) ? { done: true, value: undefined } : { done: false, seen: "locked" }),
    {
      what: `another run that is building ${file.replace(/\.lock$/, "")}`,
      timeoutMs: lockTimeoutMs,
      intervalMs: 50,
      fix: `if no other run is active, remove ${file}`,
    },
  );
  try {
    return await body();
  } finally {
    await rm(file, { force: true });
  }
}

async function takeLock(file: string): Promise<boolean> {
  try {
    const lock = await open(file, "wx");
    await lock.writeFile(String(process.pid));
    await lock.close();
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
  const owner = Number(await readFile(file, "utf8").catch(() => ""));
  // A lock without a number has just been made and is about to be written, unless it stays so.
  const abandoned = owner === 0 ? await olderThan(file, 5_000) : !isAlive(owner);
  if (abandoned) await rm(file, { force: true });
  return false;
}

/** Pid in the name of a half-made folder `<key>.<pid>.<random>.part`. */
function ownerOf(name: string): number | undefined {
  const pid = /\.(\d+)\.[0-9a-f]{8}\.part$/.exec(name)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

async function olderThan(file: string, ms: number): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > ms;
}

async function touched(folder: string): Promise<string> {
  await markUsed(folder);
  return folder;
}

/** A full or read-only disk says so only deep inside; everything else passes as it is. */
function explained(error: unknown, cache: string): unknown {
  const tail = error instanceof LabError ? (error.details.tail ?? "") : "";
  const text = `${codeOf(error) ?? ""} ${messageOf(error)} ${tail}`;
  const reason = /ENOSPC|No space left/.test(text)
    ? "is full"
    : /EROFS|EACCES|Read-only file system/.test(text)
      ? "cannot be written"
      : undefined;
  if (reason === undefined) return error;
  return new LabError(`the cache of virtual machines ${reason}: ${cache}`, {
    cause: error,
    fix: `free up space there (kernels, images and saved states take about 300 MB), or choose another folder`,
  });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

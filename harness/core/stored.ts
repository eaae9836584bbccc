import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isHalfMade, isInTheMaking } from "./cache.ts";

/** Something that the cache holds: a kernel, a guest image, a saved state, unpacked packages or a release of Calico. */
export interface Stored {
  /** Relative to the cache: `states/0123456789abcdef`. */
  readonly name: string;
  /** What it takes on the disk. */
  readonly bytes: number;
  /** When a run last used it. */
  readonly used: Date;
  /** Left by a run that died while it made it. */
  readonly isHalfMade: boolean;
}

/** Folders of the cache that hold many things each; every other one is a thing by itself. */
const kinds: readonly string[] = ["kernels", "images", "states", "checkpoints", "packages"];

/** What is in the cache, largest first; what a live run is making is left out. */
export async function listStored(cache: string): Promise<readonly Stored[]> {
  const top = await namesIn(cache);
  const inKinds = await Promise.all(
    kinds.map(async (kind) => (await namesIn(join(cache, kind))).map((name) => join(kind, name))),
  );
  const names = [...inKinds.flat(), ...top.filter((name) => name.startsWith("calico-"))];
  const found = await Promise.all(names.filter((name) => !isInTheMaking(name)).map((name) => describe(cache, name)));
  return found.flat().sort((a, b) => b.bytes - a.bytes);
}

/** Removes what no run has used since a date, and what dead runs left incomplete; returns what went. */
export async function removeUnused(cache: string, since: Date): Promise<readonly Stored[]> {
  const gone = (await listStored(cache)).filter(({ used, isHalfMade: half }) => half || used < since);
  for (const { name } of gone) await rm(join(cache, name), { recursive: true, force: true });
  return gone;
}

async function describe(cache: string, name: string): Promise<readonly Stored[]> {
  const path = join(cache, name);
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) return [];
  return [{ name, bytes: await sizeOf(path), used: found.mtime, isHalfMade: isHalfMade(name) }];
}

/** Blocks of 512 bytes (stat(2)): what holes of sparse files save is not counted. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const found = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
      return found?.isFile() === true ? found.blocks * 512 : 0;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

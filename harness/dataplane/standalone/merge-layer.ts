import { chmod, lstat, mkdir, readdir, readlink, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Stats } from "node:fs";

/** Marks of what a layer removes from those below (OCI image-spec, layer.md, "Whiteouts"). */
const whiteout = ".wh.";
const opaque = ".wh..wh..opq";

/** Links followed before a path counts as a loop (the kernel's own limit, path_resolution(7)). */
const mostLinks = 40;

/**
 * Moves an unpacked layer onto a root file system. Links are followed as a process in that root would see them, so that
 * nothing is ever written outside of it, whatever an image holds.
 */
export async function mergeLayer(layer: string, root: string): Promise<void> {
  await mergeFolder(layer, root, root);
}

async function mergeFolder(from: string, to: string, root: string): Promise<void> {
  const names = await readdir(from);
  if (names.includes(opaque)) await emptyFolder(to);
  for (const name of names.filter((each) => each.startsWith(whiteout) && each !== opaque)) {
    await rm(join(to, name.slice(whiteout.length)), { recursive: true, force: true });
  }
  for (const name of names.filter((each) => !each.startsWith(whiteout))) {
    await mergeEntry(join(from, name), join(to, name), root);
  }
}

async function mergeEntry(from: string, to: string, root: string): Promise<void> {
  const entry = await lstat(from);
  if (!entry.isDirectory()) {
    await rm(to, { recursive: true, force: true });
    await rename(from, to);
    return;
  }
  const target = await folderInside(to, root);
  if (target === undefined) {
    await rm(to, { recursive: true, force: true });
    await mkdir(to);
  }
  await chmod(target ?? to, entry.mode & 0o7777);
  await mergeFolder(from, target ?? to, root);
}

/** The folder that a path of the root stands for, links resolved inside the root; undefined where it is none. */
async function folderInside(path: string, root: string): Promise<string | undefined> {
  const walk = async (at: string, words: readonly string[], links: number): Promise<string | undefined> => {
    const [word, ...rest] = words;
    if (word === undefined) return at;
    if (word === "" || word === ".") return walk(at, rest, links);
    if (word === "..") return walk(at === root ? root : dirname(at), rest, links);
    const next = join(at, word);
    const entry = await statOf(next);
    if (entry?.isDirectory() === true) return walk(next, rest, links);
    if (entry?.isSymbolicLink() !== true || links >= mostLinks) return undefined;
    const link = await readlink(next);
    return walk(link.startsWith("/") ? root : at, [...link.split("/"), ...rest], links + 1);
  };
  return walk(root, resolve(path).slice(resolve(root).length).split("/"), 0);
}

async function statOf(path: string): Promise<Stats | undefined> {
  return lstat(path).catch(() => undefined);
}

async function emptyFolder(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
}

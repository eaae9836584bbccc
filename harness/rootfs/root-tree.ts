import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Executor } from "../exec/executor.ts";
import type { ProgramFiles } from "./host-programs.ts";

/** One entry of a root file system: a folder, a file, a symbolic link or a device node. Paths are absolute, without "..". */
export type TreeEntry =
  | { readonly kind: "folder"; readonly path: string; readonly mode: number }
  | { readonly kind: "file"; readonly path: string; readonly mode: number; readonly content: Uint8Array }
  | { readonly kind: "link"; readonly path: string; readonly target: string }
  | {
      readonly kind: "device";
      readonly path: string;
      readonly mode: number;
      readonly major: number;
      readonly minor: number;
    };

/** Every usual path leads to one tree, as everywhere since the merge of /usr. */
export const onePrefixLinks: Readonly<Record<string, string>> = {
  "/bin": "usr/bin",
  "/sbin": "usr/bin",
  "/usr/sbin": "bin",
  "/lib64": "usr/lib64",
  "/lib": "usr/lib",
  "/var/run": "../run",
};

/** A file with the given content. */
export function file(path: string, mode: number, content: Uint8Array): TreeEntry {
  return { kind: "file", path, mode, content };
}

/** Programs and libraries as they are on this host. */
export function programEntries(programs: ProgramFiles): Promise<readonly TreeEntry[]> {
  return Promise.all([...programs].map(async ([path, from]) => file(path, 0o755, await readFile(from))));
}

/** A file or all files of a folder on this host; nothing where there is none. */
export async function copied(from: string, to: string): Promise<readonly TreeEntry[]> {
  const found = await stat(from).catch(() => undefined);
  if (found === undefined) return [];
  if (found.isFile()) return [file(to, 0o644, await readFile(from))];
  const below = await filesBelow(from);
  return Promise.all(below.map(async (name) => file(join(to, name), 0o644, await readFile(join(from, name)))));
}

/** Links to busybox for all its applets whose names are not taken. */
export async function appletLinks(
  host: Executor,
  programs: ProgramFiles,
  taken: ReadonlySet<string>,
): Promise<readonly TreeEntry[]> {
  const applets = await host.run([programs.get("/usr/bin/busybox") ?? "busybox", "--list"]);
  const paths = new Set(
    applets.stdout
      .trim()
      .split("\n")
      .map((name) => `/usr/bin/${name}`),
  );
  return [...paths]
    .filter((path) => !taken.has(path))
    .map((path): TreeEntry => ({ kind: "link", path, target: "busybox" }));
}

/** Adds the given folders and every folder that an entry lies in. Temporary ones are open to all; `modes` names other exceptions. */
export function withFolders(
  entries: readonly TreeEntry[],
  folders: readonly string[],
  modes: Readonly<Record<string, number>> = {},
): readonly TreeEntry[] {
  const paths = new Set(folders);
  for (const { path } of entries) {
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) paths.add(path.slice(0, at));
  }
  const open: Readonly<Record<string, number>> = { "/tmp": 0o1777, "/var/tmp": 0o1777, ...modes };
  return [...[...paths].map((path): TreeEntry => ({ kind: "folder", path, mode: open[path] ?? 0o755 })), ...entries];
}

/** 16 hex digits of the SHA-256 of the content: the same content is built once. */
export function digestOf(entries: readonly TreeEntry[]): string {
  const hash = createHash("sha256");
  for (const entry of entries) {
    const { kind, path } = entry;
    hash.update(JSON.stringify({ ...entry, kind, path, content: undefined }));
    if (entry.kind === "file") hash.update(String(entry.content.length)).update(entry.content);
  }
  return hash.digest("hex").slice(0, 16);
}

/** All files below a folder, as paths relative to it. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

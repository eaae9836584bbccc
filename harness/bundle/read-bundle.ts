import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { UsageError } from "../core/errors.ts";
import { limits, type Bundle } from "./bundle.ts";
import { FileCollector } from "./collect-files.ts";
import { packingOf } from "./is-bundle.ts";
import { readArchive } from "./read-archive.ts";

/** Reads a bundle of diagnostics: a folder, or an archive as `calicoctl cluster diags` makes it. UsageError where it is too large or broken. */
export async function readBundle(path: string): Promise<Bundle> {
  const name = basename(path.replace(/\/+$/, ""));
  const collector = new FileCollector(name);
  const status = await stat(path);
  if (status.isDirectory()) await readFolder(path, "", collector, 0);
  else await readArchive(path, (await packingOf(path)).gzip, collector);
  return { name, files: collector.files, notes: collector.notes };
}

/** Links are not followed: calicoctl's lead to logs, a stranger's anywhere. */
async function readFolder(root: string, below: string, collector: FileCollector, depth: number): Promise<void> {
  if (depth > limits.depth) return;
  const entries = await readdir(join(root, below), { withFileTypes: true }).catch((cause: unknown) => {
    throw new UsageError(`${join(root, below)} cannot be read`, { cause });
  });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) await readFolder(root, path, collector, depth + 1);
    else if (entry.isSymbolicLink()) collector.passOverLink(path);
    else if (entry.isFile()) {
      const { size } = await stat(join(root, path));
      if (collector.wants(path, size)) collector.add(path, await readFile(join(root, path)));
    }
  }
}

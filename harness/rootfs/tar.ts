import { Readable } from "node:stream";
import { pack, type Header } from "tar-stream";
import type { TreeEntry } from "./root-tree.ts";

/** Writes an archive. Entries are sorted by path, owned by root and dated 0, so that equal input gives equal bytes. */
export function tarArchive(entries: readonly TreeEntry[]): Readable {
  const archive = pack();
  for (const entry of [...entries].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))) {
    archive.entry(headerOf(entry), entry.kind === "file" ? entry.content : "");
  }
  archive.finalize();
  return Readable.from(archive);
}

function headerOf(entry: TreeEntry): Pick<Header, "name"> & Partial<Header> {
  const common = { name: entry.path.slice(1), mtime: new Date(0), uid: 0, gid: 0 };
  switch (entry.kind) {
    case "folder":
      return { ...common, name: `${common.name}/`, type: "directory", mode: entry.mode };
    case "file":
      return { ...common, type: "file", mode: entry.mode, size: entry.content.length };
    case "link":
      return { ...common, type: "symlink", mode: 0o777, linkname: entry.target };
    case "device":
      return { ...common, type: "character-device", mode: entry.mode, devmajor: entry.major, devminor: entry.minor };
  }
}

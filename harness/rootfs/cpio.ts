import type { TreeEntry } from "./root-tree.ts";

/** File type bits of st_mode (inode(7)). */
const types = { folder: 0o040000, file: 0o100000, link: 0o120000, device: 0o020000 } as const;

/**
 * Writes an archive in the "newc" format that the kernel unpacks as initramfs (kernel documentation,
 * driver-api/early-userspace/buffer-format). Entries are sorted by path, owned by root and dated 0, so that equal input
 * gives equal bytes; a folder sorts before what it holds.
 */
export function cpioArchive(entries: readonly TreeEntry[]): Buffer {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const records = sorted.flatMap((entry, index) => record(entry, index + 1));
  return Buffer.concat([
    ...records,
    ...header("TRAILER!!!", { ino: 0, mode: 0, links: 1, major: 0, minor: 0, size: 0 }),
  ]);
}

interface Inode {
  readonly ino: number;
  readonly mode: number;
  readonly links: number;
  readonly major: number;
  readonly minor: number;
  readonly size: number;
}

function record(entry: TreeEntry, ino: number): readonly Uint8Array[] {
  const content = contentOf(entry);
  const inode = {
    ino,
    mode: types[entry.kind] | (entry.kind === "link" ? 0o777 : entry.mode),
    links: entry.kind === "folder" ? 2 : 1,
    major: entry.kind === "device" ? entry.major : 0,
    minor: entry.kind === "device" ? entry.minor : 0,
    size: content.length,
  };
  return [...header(entry.path.replace(/^\/+/, ""), inode), content, padding(content.length)];
}

function contentOf(entry: TreeEntry): Uint8Array {
  if (entry.kind === "file") return entry.content;
  return Buffer.from(entry.kind === "link" ? entry.target : "");
}

/** Thirteen fields of eight hex digits; header and name together, and the content, are padded to four bytes. */
function header(name: string, inode: Inode): readonly Uint8Array[] {
  const nameBytes = Buffer.from(`${name}\0`);
  const { ino, mode, links, major, minor, size } = inode;
  const fields = [ino, mode, 0, 0, links, 0, size, 0, 0, major, minor, nameBytes.length, 0];
  const text = "070701" + fields.map((field) => field.toString(16).padStart(8, "0")).join("");
  return [Buffer.from(text), nameBytes, padding(text.length + nameBytes.length)];
}

function padding(length: number): Uint8Array {
  return new Uint8Array((4 - (length % 4)) % 4);
}

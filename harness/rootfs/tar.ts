import type { TreeEntry } from "./root-tree.ts";

/** Bytes of a header, and what contents are padded to (POSIX.1-1988, ustar). */
const block = 512;

const types = { folder: "5", file: "0", link: "2", device: "3" } as const;

/**
 * Writes an archive in ustar format, as pieces in their order. Entries are sorted by path, owned by root and dated 0, so that
 * equal input gives equal bytes. Throws a RangeError on a path that the format cannot hold.
 */
export function tarArchive(entries: readonly TreeEntry[]): readonly Uint8Array[] {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return [...sorted.flatMap(record), Buffer.alloc(2 * block)];
}

function record(entry: TreeEntry): readonly Uint8Array[] {
  const content = entry.kind === "file" ? entry.content : new Uint8Array();
  return [header(entry, content.length), content, Buffer.alloc((block - (content.length % block)) % block)];
}

/** Offsets and lengths of the fields as in tar.h; numbers are octal and end with NUL. */
function header(entry: TreeEntry, size: number): Buffer {
  const bytes = Buffer.alloc(block);
  const text = (value: string, offset: number, length: number): void => {
    if (Buffer.byteLength(value) > length) throw new RangeError(`too long for a tar archive: ${value}`);
    bytes.write(value, offset);
  };
  const octal = (value: number, offset: number, length: number): void => {
    text(value.toString(8).padStart(length - 1, "0"), offset, length);
  };
  const name = entry.path.slice(1) + (entry.kind === "folder" ? "/" : "");
  const slash = name.length > 100 ? name.lastIndexOf("/", 154) : -1;
  text(name.slice(slash + 1), 0, 100);
  octal(entry.kind === "link" ? 0o777 : entry.mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  text(types[entry.kind], 156, 1);
  if (entry.kind === "link") text(entry.target, 157, 100);
  text("ustar\0", 257, 6);
  text("00", 263, 2);
  octal(entry.kind === "device" ? entry.major : 0, 329, 8);
  octal(entry.kind === "device" ? entry.minor : 0, 337, 8);
  text(slash < 0 ? "" : name.slice(0, slash), 345, 155);
  // The sum is made with spaces in its own field.
  bytes.fill(" ", 148, 156);
  octal(
    bytes.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return bytes;
}

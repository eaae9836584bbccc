import { open } from "node:fs/promises";
import { messageOf, UsageError } from "../../core/errors.ts";
import { waysToGetCalico, type CalicoSource } from "./calico-source.ts";
import { locateCalico } from "./locate.ts";

/** UsageError for a source that cannot be a Calico, found out before anything is built; an archive is not read for it but for its head. */
export async function refuseBadSource(source: CalicoSource): Promise<void> {
  if (source.kind === "bin") {
    const located = await locateCalico(source);
    if ("problem" in located) throw new UsageError(located.problem.what, { fix: located.problem.fix });
  }
  if (source.kind === "archive") await refuseBadArchive(source.file);
}

async function refuseBadArchive(file: string): Promise<void> {
  const fix = `give one of ${waysToGetCalico}`;
  let head: Buffer;
  try {
    head = await headOf(file);
  } catch (error) {
    throw new UsageError(`the archive of Calico cannot be read: ${messageOf(error)}`, { where: file, fix });
  }
  if (!looksPacked(head)) throw new UsageError("this is not an archive of images of Calico", { where: file, fix });
}

async function headOf(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** First bytes of what tar(1) unpacks by itself: gzip (RFC 1952), zstd (RFC 8878), xz, bzip2. */
const packed = ["1f8b", "28b52ffd", "fd377a585a00", "425a68"].map((hex) => Buffer.from(hex, "hex"));

/** Tar archives have their magic behind the first member's name and numbers (POSIX.1-1988 ustar: byte 257). */
function looksPacked(head: Buffer): boolean {
  const isTar = head.subarray(257, 262).toString("latin1") === "ustar";
  return isTar || packed.some((magic) => head.subarray(0, magic.length).equals(magic));
}

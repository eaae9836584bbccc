import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LabError } from "./errors.ts";

/** Bytes that must find room: what commands print is kept in files until it is read. */
const leastRoom = 64 * 1024;

/** Tries whether temporary files can be written, once, before commands would fail one by one. Throws a LabError that names the folder. */
export async function checkTemporaryFolder(): Promise<void> {
  let folder: string | undefined;
  try {
    // A name that `down --stale` removes, should this process be killed here (lab/leftovers.ts).
    folder = await mkdtemp(join(tmpdir(), `encaplab-none.${process.pid}.`));
    await writeFile(join(folder, "trial"), Buffer.alloc(leastRoom));
  } catch (cause) {
    throw new LabError("temporary files cannot be written", {
      where: tmpdir(),
      cause,
      fix: "make room there, or name another folder: TMPDIR=DIR",
    });
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

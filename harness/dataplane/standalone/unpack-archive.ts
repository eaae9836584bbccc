import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { LabError, messageOf } from "../../core/errors.ts";
import { fileDigest } from "../../core/file-digest.ts";
import { exists } from "../../core/exists.ts";
import type { Executor } from "../../exec/executor.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { readLayers } from "./image-layers.ts";
import { mergeLayer } from "./merge-layer.ts";

/** Digits of the digest in the folder's name: enough to tell archives apart. */
const keptDigits = 24;

/** Milliseconds for one tar(1); the node image has some 150 MB packed. */
const tarTimeoutMs = 180_000;

/**
 * Unpacks all images of an archive (docker save or OCI layout) over each other into one root file system, and returns its
 * folder. Kept in the cache under the archive's SHA-256: the second time costs reading the file. LabError with the fix
 * where the file is not such an archive.
 */
export async function unpackArchive(file: string, cache: string, host: Executor = localExecutor()): Promise<string> {
  const done = join(cache, `calico-${(await digestOf(file)).slice(0, keptDigits)}`);
  if (await exists(done)) return done;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, "unpacking-"));
  try {
    await unpack(file, work, host);
    // In one step, so that a run that is cut short leaves nothing that looks whole; another run may have been faster.
    await rename(join(work, "root"), done).catch(async (error: unknown) => {
      if (!(await exists(done))) throw error;
    });
    return done;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function unpack(file: string, work: string, host: Executor): Promise<void> {
  const archive = join(work, "archive");
  const root = join(work, "root");
  await mkdir(archive);
  await mkdir(root);
  await extract(host, file, archive);
  const layers = await readLayers(archive, file);
  for (const [index, layer] of layers.entries()) {
    const folder = join(work, `layer-${index}`);
    await mkdir(folder);
    await extract(host, join(archive, layer), folder);
    await mergeLayer(folder, root);
    await rm(folder, { recursive: true, force: true });
  }
}

/** tar(1) finds out the compression by itself, and keeps members from leaving the folder. Devices are this machine's anyway. */
async function extract(host: Executor, file: string, folder: string): Promise<void> {
  const options = ["--no-same-owner", "--delay-directory-restore", "--exclude=dev/*", "--exclude=./dev/*"];
  try {
    await host.run(["tar", "-x", "-f", file, "-C", folder, ...options], { timeoutMs: tarTimeoutMs });
  } catch (cause) {
    const fix = "make it with `docker save -o FILE IMAGE…`, or `skopeo copy docker://IMAGE oci-archive:FILE`";
    throw new LabError(`${file} could not be unpacked: ${messageOf(cause)}`, { fix, cause });
  }
}

/** SHA-256 of a file, in hexadecimal digits. */
export async function digestOf(file: string): Promise<string> {
  try {
    return await fileDigest(file);
  } catch (cause) {
    throw new LabError(`the archive ${file} cannot be read: ${messageOf(cause)}`, { fix: "check the path", cause });
  }
}

import { mkdtemp, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Executor } from "../../exec/executor.ts";
import { localExecutor } from "../../exec/local/local.ts";
import type { Payload } from "../../lab/lab.ts";
import type { CalicoSource } from "./calico-source.ts";
import { locateCalico } from "./locate.ts";
import { exists } from "../../core/exists.ts";

/** Milliseconds for making the image of a root file system of some 400 MB. */
const imageTimeoutMs = 120_000;

/**
 * The root file system of a Calico as a disk for machines: an ext4 image, made once and kept beside the unpacked archive. Nothing where
 * there is no Calico, or one that is not a root file system; the dataplane then says why it cannot run.
 */
export async function calicoPayload(
  source: CalicoSource | undefined,
  cache: string,
  host: Executor = localExecutor(),
): Promise<Payload | undefined> {
  const located = await locateCalico(source, cache);
  if ("problem" in located || located.files.root === undefined) return undefined;
  const { root } = located.files;
  const file = `${root}.ext4`;
  if (!(await exists(file))) await makeImage(host, root, file, cache);
  return { file, digest: basename(root) };
}

/** In one step, as another run may want the same one; whoever comes last leaves the same content. */
async function makeImage(host: Executor, root: string, file: string, cache: string): Promise<void> {
  const work = await mkdtemp(join(cache, "imaging-"));
  try {
    const half = join(work, "image");
    const { stdout } = await host.run(["du", "-sm", root]);
    const megabytes = Math.ceil(Number(stdout.split("\t")[0]) * 1.2) + 64;
    const options = ["-q", "-F", "-t", "ext4", "-O", "^has_journal", "-m", "0", "-d", root];
    await host.run(["mke2fs", ...options, half, `${megabytes}M`], { timeoutMs: imageTimeoutMs });
    await rename(half, file);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

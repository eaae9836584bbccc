import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../../core/atomic-file.ts";
import { LabError } from "../../core/errors.ts";
import { exists } from "../../core/exists.ts";
import { CommandError } from "../../exec/command-error.ts";
import type { Executor } from "../../exec/executor.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { waysToGetCalico } from "./calico-source.ts";

/** Milliseconds for asking a registry, and for copying an image of 150 MB over a slow line. */
const askTimeoutMs = 30_000;
const copyTimeoutMs = 600_000;

/** Transports of skopeo (containers-transports(5)); without one a reference means a registry. */
const transport = /^(docker|docker-archive|docker-daemon|oci|oci-archive|dir|containers-storage):/;

/**
 * Pulls images with skopeo into one OCI archive, and returns its file. Kept in the cache under the images' digests: what is there is not
 * copied again, and while the registry cannot be reached the images last seen under these references are used. LabError with
 * skopeo's own words and the other ways to get a Calico otherwise.
 */
export async function pullImages(references: string, cache: string, host: Executor = localExecutor()): Promise<string> {
  const images = imagesOf(references);
  await mkdir(cache, { recursive: true });
  const remembered = join(cache, `calico-images-${hashOf(images)}.json`);
  let digests: readonly string[];
  try {
    digests = await Promise.all(images.map((image) => digestOf(image, host)));
  } catch (error) {
    const known = await readFile(remembered, "utf8").catch(() => undefined);
    if (known === undefined) throw error;
    const file = archiveOf(cache, JSON.parse(known) as readonly string[]);
    if (await exists(file)) return file;
    throw error;
  }
  const file = archiveOf(cache, digests);
  if (!(await exists(file))) await copyAll(images, file, cache, host);
  await writeFileAtomic(remembered, JSON.stringify(digests));
  return file;
}

/**
 * The images that references name. Calico publishes the CNI plugin as an image of its own (calico/node and calico/cni), so that
 * a node image alone means both.
 */
export function imagesOf(references: string): readonly string[] {
  const given = references.split(",").map((reference) => reference.trim());
  const named = given.filter((reference) => reference !== "");
  const [only, ...others] = named;
  const cni = others.length === 0 ? only?.replace(/\/node(?=[:@][^/]*$|$)/, "/cni") : undefined;
  const digested = only?.includes("@") === true;
  const all = cni === undefined || cni === only || digested ? named : [...named, cni];
  return all.map((reference) => (transport.test(reference) ? reference : `docker://${reference}`));
}

async function digestOf(image: string, host: Executor): Promise<string> {
  const argv = ["skopeo", "inspect", "--format", "{{.Digest}}", image];
  return (await skopeo(argv, image, host, askTimeoutMs)).trim();
}

async function copyAll(images: readonly string[], file: string, cache: string, host: Executor): Promise<void> {
  const work = await mkdtemp(join(cache, "pulling-"));
  try {
    const layout = join(work, "layout");
    for (const [index, image] of images.entries()) {
      await skopeo(["skopeo", "copy", "--quiet", image, `oci:${layout}:image-${index}`], image, host, copyTimeoutMs);
    }
    const archive = join(work, "archive.tar");
    // Equal images give equal bytes: the unpacked archive is known by its digest.
    const plain = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];
    await host.run(["tar", ...plain, "-cf", archive, "-C", layout, "."], { timeoutMs: copyTimeoutMs });
    await rename(archive, file);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function skopeo(argv: readonly string[], image: string, host: Executor, timeoutMs: number): Promise<string> {
  const name = image.replace(/^docker:\/\//, "");
  const otherwise = `or ${waysToGetCalico.replace(/, or --calico-image.*/, "")}`;
  try {
    return (await host.run(argv, { timeoutMs })).stdout;
  } catch (cause) {
    if (!(cause instanceof CommandError)) throw cause;
    if (cause.failure === "missing-program") {
      const fix = `install the package skopeo, ${otherwise}`;
      throw new LabError(`the image ${name} cannot be pulled without skopeo`, { fix, cause });
    }
    const stderr = cause.result?.stderr ?? "";
    const said =
      /msg="((?:[^"\\]|\\.)*)"/.exec(stderr)?.[1]?.replaceAll('\\"', '"') ?? (stderr.trim() || cause.message);
    const fix = `check the reference, and that this machine can reach the registry; ${otherwise}`;
    throw new LabError(`the image ${name} could not be pulled: ${said}`, { fix, cause });
  }
}

function archiveOf(cache: string, digests: readonly string[]): string {
  return join(cache, `calico-images-${hashOf(digests)}.tar`);
}

function hashOf(texts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 24);
}

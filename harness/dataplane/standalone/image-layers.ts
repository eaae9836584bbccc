import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { LabError } from "../../core/errors.ts";

/** `manifest.json` of docker save: one entry per image. */
const dockerManifest = z.array(z.object({ Layers: z.array(z.string()) }));

const descriptor = z.object({
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  platform: z.object({ architecture: z.string(), os: z.string() }).optional(),
});

/** OCI image index and manifest (image-spec): an index lists manifests or further indexes, a manifest lists layers. */
const ociNode = z.object({ manifests: z.array(descriptor).optional(), layers: z.array(descriptor).optional() });

/** Deepest nesting of indexes that is followed; real ones have two. */
const deepest = 4;

/** Paths of all layers in an unpacked archive, all images one after the other, lowest layer first. `file` is for messages. */
export async function readLayers(archive: string, file: string): Promise<readonly string[]> {
  const layers = (await dockerLayers(archive)) ?? (await ociLayers(archive));
  const escaping = layers?.find((layer) => layer.startsWith("/") || layer.split("/").includes(".."));
  if (escaping !== undefined) throw notAnArchive(file, `it refers to a layer outside the archive (${escaping})`);
  if (layers !== undefined && layers.length > 0) return layers;
  throw notAnArchive(file, "it has neither manifest.json nor index.json with layers");
}

async function dockerLayers(archive: string): Promise<readonly string[] | undefined> {
  const manifest = dockerManifest.safeParse(await readJson(join(archive, "manifest.json")));
  return manifest.success ? manifest.data.flatMap(({ Layers }) => Layers) : undefined;
}

async function ociLayers(archive: string): Promise<readonly string[] | undefined> {
  const follow = async (path: string, depth: number): Promise<readonly string[]> => {
    const node = ociNode.safeParse(await readJson(join(archive, path)));
    if (!node.success || depth > deepest) return [];
    if (node.data.layers !== undefined) return node.data.layers.map(({ digest }) => blob(digest));
    const fitting = (node.data.manifests ?? []).filter(({ platform }) => fits(platform));
    const all = [];
    for (const { digest } of fitting) all.push(...(await follow(blob(digest), depth + 1)));
    return all;
  };
  return follow("index.json", 0);
}

/** Attestations have the platform "unknown". */
function fits(platform: z.infer<typeof descriptor>["platform"]): boolean {
  const architecture = { x64: "amd64", arm64: "arm64", ppc64: "ppc64le", s390x: "s390x" }[process.arch as string];
  return platform === undefined || (platform.os === "linux" && platform.architecture === architecture);
}

function blob(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as unknown;
  } catch {
    return undefined;
  }
}

function notAnArchive(file: string, why: string): LabError {
  return new LabError(`${file} is not a valid image archive: ${why}`, {
    fix: "make it with `docker save -o FILE IMAGE…`, or `skopeo copy docker://IMAGE oci-archive:FILE`",
  });
}

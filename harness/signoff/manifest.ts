import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UsageError } from "../core/errors.ts";
import { fileDigest } from "../core/file-digest.ts";
import { jsonOf } from "../core/json-of.ts";

/** The file with the digests of all others of a bundle. */
export const manifestName = "manifest.json";

/** The signed word about that file; not in the manifest, since it speaks of it. */
export const attestationName = "attestation.dsse.json";

/** Every file of a bundle with its content's digest. */
export interface Manifest {
  readonly schema: typeof manifestSchema;
  readonly files: readonly ManifestEntry[];
}

interface ManifestEntry {
  /** Relative to the bundle. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

const manifestSchema = "encaplab/manifest/1";

/** Reads all files of a bundle. */
export async function makeManifest(folder: string): Promise<Manifest> {
  const files: ManifestEntry[] = [];
  for (const path of await filesIn(folder)) {
    const { size: bytes } = await stat(join(folder, path));
    files.push({ path, bytes, sha256: await fileDigest(join(folder, path)) });
  }
  return { schema: manifestSchema, files };
}

/** What in a bundle is not as its manifest says, one sentence for each file. */
export async function manifestTroubles(folder: string, { files }: Manifest): Promise<readonly string[]> {
  const there = new Set(await filesIn(folder));
  const troubles: string[] = [];
  for (const { path, sha256 } of files) {
    if (!there.delete(path)) troubles.push(`${path} is missing`);
    else if ((await fileDigest(join(folder, path))) !== sha256)
      troubles.push(`${path} was changed: its SHA-256 is another`);
  }
  return [...troubles, ...[...there].map((path) => `${path} was added: the manifest does not know it`)];
}

/** Reads the manifest of a bundle; a UsageError where the folder holds none. */
export async function readManifest(folder: string): Promise<{ readonly manifest: Manifest; readonly text: string }> {
  const file = join(folder, manifestName);
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new UsageError("no sign-off bundle: there is no manifest", {
      where: file,
      cause,
      fix: "give the folder that signoff made",
    });
  });
  const result = schema.safeParse(jsonOf(text));
  if (result.success) return { manifest: result.data, text };
  throw new UsageError("not a manifest of this version", { where: file, fix: "make the bundle again" });
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, "/").length));
  return names.filter((name) => name !== manifestName && name !== attestationName).sort();
}

const schema = z
  .strictObject({
    schema: z.literal(manifestSchema),
    files: z
      .array(
        z
          .strictObject({ path: z.string(), bytes: z.int().nonnegative(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();

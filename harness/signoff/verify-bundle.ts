import { createHash, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { isSealedBy, parseEnvelope } from "./envelope.ts";
import { attestationName, manifestName, manifestTroubles, readManifest } from "./manifest.ts";

/** Whether a bundle is as it was made. */
export interface BundleCheck {
  /** What is not as it was made, one sentence for each file; empty = intact. */
  readonly troubles: readonly string[];
  /** What that is worth: whose signature was found, or that there is none. */
  readonly signature: string;
  readonly files: number;
}

/** Checks every file of a bundle against its manifest, and the manifest against the attestation and the key, where there are any. */
export async function verifyBundle(folder: string, key?: KeyObject): Promise<BundleCheck> {
  const { manifest, text } = await readManifest(folder);
  const files = await manifestTroubles(folder, manifest);
  const signed = await checkAttestation(folder, text, key);
  return { troubles: [...files, ...signed.troubles], signature: signed.signature, files: manifest.files.length };
}

async function checkAttestation(
  folder: string,
  manifest: string,
  key: KeyObject | undefined,
): Promise<Omit<BundleCheck, "files">> {
  const text = await readFile(join(folder, attestationName), "utf8").catch(() => undefined);
  if (text === undefined) {
    const signature = "not signed: checksums show accidents; whoever changes a file on purpose can change them too";
    return {
      troubles: key === undefined ? [] : [`${attestationName} is missing, and a signature was asked for`],
      signature,
    };
  }
  const read = parseEnvelope(text);
  const statement = statementSchema.safeParse(read?.statement);
  if (read === undefined || !statement.success) {
    return { troubles: [`${attestationName} is no attestation of a sign-off`], signature: "unreadable" };
  }
  const digest = createHash("sha256").update(manifest).digest("hex");
  const bound = statement.data.predicate.configuration.some(
    ({ name, digest: own }) => name === manifestName && own.sha256 === digest,
  );
  const troubles = bound ? [] : [`${manifestName} was changed: the attestation speaks of another`];
  const { result } = statement.data.predicate;
  if (key === undefined)
    return { troubles, signature: `signed (${result}), by whom was not checked: --public-key FILE` };
  const sealed = isSealedBy(read.envelope, key);
  return {
    troubles: sealed ? troubles : [...troubles, `${attestationName} is not signed by that key, or was changed since`],
    signature: sealed ? `signed by that key, which attests ${result}` : "not signed by that key",
  };
}

const statementSchema = z.object({
  predicateType: z.literal("https://in-toto.io/attestation/test-result/v0.1"),
  predicate: z.object({
    result: z.string(),
    configuration: z.array(z.object({ name: z.string(), digest: z.object({ sha256: z.string() }) })),
  }),
});

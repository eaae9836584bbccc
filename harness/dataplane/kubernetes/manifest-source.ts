import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { LabError, messageOf } from "../../core/errors.ts";
import type { Manifest } from "../../kubernetes/render-run.ts";

/** The release that is installed where none is named: the one whose kernel state the expectations were recorded from. */
export const defaultCalicoVersion = "v3.32.1";

/** Where Calico's manifests come from. */
export interface ManifestSource {
  readonly version: string;
  /** Folder with the release's manifests, for machines without a way to its repository. */
  readonly folder?: string;
}

/** Milliseconds for one manifest of half a megabyte to be delivered. */
const downloadTimeoutMs = 60_000;

/** The objects of one of the release's files: from the folder where one is given, otherwise from the release's repository. */
export async function readManifest(source: ManifestSource, file: string): Promise<readonly Manifest[]> {
  const { folder } = source;
  const text = folder === undefined ? await downloaded(source, file) : await fromFolder(folder, file);
  const documents = parseAllDocuments(text);
  const [broken] = "empty" in documents ? [] : documents.flatMap(({ errors }) => errors);
  if (broken !== undefined) throw unusable(file, source, broken.message);
  return documents.map((document) => document.toJS() as Manifest | null).filter((object) => object !== null);
}

async function fromFolder(folder: string, file: string): Promise<string> {
  const path = join(folder, file);
  return readFile(path, "utf8").catch((cause: unknown) => {
    throw new LabError(`Calico's manifest ${path} cannot be read`, {
      cause,
      fix: `--calico-manifests takes the folder manifests/ of a release of Calico, which holds ${file}`,
    });
  });
}

async function downloaded(source: ManifestSource, file: string): Promise<string> {
  const url = `https://raw.githubusercontent.com/projectcalico/calico/${source.version}/manifests/${file}`;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(downloadTimeoutMs) });
    if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
    return await answer.text();
  } catch (error) {
    throw unusable(url, source, messageOf(error));
  }
}

function unusable(what: string, { version, folder }: ManifestSource, why: string): LabError {
  return new LabError(`${what} of Calico ${version} is not available: ${why}`, {
    fix:
      folder === undefined
        ? "name a release by --calico-version, or give its folder manifests/ by --calico-manifests DIR"
        : "give the folder manifests/ of an unchanged release by --calico-manifests DIR",
  });
}

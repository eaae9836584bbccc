import { createHash, type KeyObject } from "node:crypto";
import { copyFile, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../core/atomic-file.ts";
import { UsageError } from "../core/errors.ts";
import { exists } from "../core/exists.ts";
import type { StoredRun } from "../report/store.ts";
import { renderCostsCsv } from "./costs-csv.ts";
import { sealStatement } from "./envelope.ts";
import { attestationName, makeManifest, manifestName } from "./manifest.ts";
import { mergeRuns } from "./merge-runs.ts";
import { renderSignoffPage } from "./signoff-html.ts";
import { renderSignoffMarkdown } from "./signoff-markdown.ts";
import type { Signoff } from "./signoff.ts";
import { statementOf } from "./statement.ts";

/** What goes into a bundle beside what is made for it. */
export interface BundleParts {
  readonly runs: readonly StoredRun[];
  /** File of waivers as it was read. */
  readonly waivers?: string;
  /** Signs the bundle; missing = it has checksums only. */
  readonly key?: KeyObject;
}

/** Files of a run that a bundle keeps; captures and diagnostics stay with the run. */
const keptOfRuns = ["run.json", "summary.html", "summary.md", "junit.xml", "ctrf.json", "allure-report/index.html"];

/** Writes a bundle into a folder that is new or empty: pages, runs, manifest, and the attestation where there is a key. */
export async function writeBundle(folder: string, signoff: Signoff, parts: BundleParts): Promise<void> {
  await requireEmpty(folder);
  await writeFileAtomic(join(folder, "signoff.json"), `${JSON.stringify(signoff, null, 2)}\n`);
  await writeFileAtomic(join(folder, "signoff.html"), renderSignoffPage(signoff));
  await writeFileAtomic(join(folder, "signoff.md"), renderSignoffMarkdown(signoff));
  if (signoff.costs.length > 0) await writeFileAtomic(join(folder, "costs.csv"), renderCostsCsv(signoff));
  if (parts.waivers !== undefined) await copyFile(parts.waivers, join(folder, "waivers.yaml"));
  for (const run of parts.runs) await copyRun(run, join(folder, "runs", run.record.id));
  const manifest = `${JSON.stringify(await makeManifest(folder), null, 2)}\n`;
  await writeFileAtomic(join(folder, manifestName), manifest);
  if (parts.key === undefined) return;
  const repeated = new Set(signoff.runs.flatMap(({ id, repeatedBy }) => (repeatedBy === undefined ? [] : [id])));
  const counted = parts.runs.map(({ record }) => record).filter(({ id }) => !repeated.has(id));
  const digest = { sha256: createHash("sha256").update(manifest).digest("hex") };
  const statement = statementOf(signoff, mergeRuns(counted), { name: manifestName, digest });
  await writeFileAtomic(join(folder, attestationName), `${JSON.stringify(sealStatement(statement, parts.key))}\n`);
}

async function copyRun({ folder }: StoredRun, to: string): Promise<void> {
  for (const name of keptOfRuns) {
    if (!(await exists(join(folder.path, name)))) continue;
    await mkdir(join(to, name, ".."), { recursive: true });
    await copyFile(join(folder.path, name), join(to, name));
  }
}

/** A file that lay there before would be signed with the rest. */
async function requireEmpty(folder: string): Promise<void> {
  const there = await readdir(folder).catch(() => []);
  if (there.length === 0) return;
  throw new UsageError(`${folder} is not empty`, { fix: "give a folder that does not exist yet: --to DIR" });
}

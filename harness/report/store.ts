import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, statfs, symlink } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { writeFileAtomic } from "../core/atomic-file.ts";
import { messageOf, UsageError } from "../core/errors.ts";
import { exists } from "../core/exists.ts";
import type { RunRecord } from "../run/record.ts";
import { redactValue } from "./redact.ts";
import { parseRun } from "./run-schema.ts";
import { runText } from "./run-text.ts";

/** Where everything of one run lies. All paths start with the folder that was given. */
export interface ResultsFolder {
  readonly path: string;
  readonly run: string;
  readonly junit: string;
  readonly ctrf: string;
  readonly timeline: string;
  readonly pcaps: string;
  readonly diagnostics: string;
  readonly allureResults: string;
  readonly allureReport: string;
  /** Allure's single file, which opens from disk. */
  readonly page: string;
}

/** A stored run with the folder it was read from. */
export interface StoredRun {
  readonly record: RunRecord;
  readonly folder: ResultsFolder;
}

/** The layout of a results folder; touches nothing. */
export function resultsFolder(path: string): ResultsFolder {
  return {
    path,
    run: join(path, "run.json"),
    junit: join(path, "junit.xml"),
    ctrf: join(path, "ctrf.json"),
    timeline: join(path, "timeline.ndjson"),
    pcaps: join(path, "pcaps"),
    diagnostics: join(path, "diagnostics"),
    allureResults: join(path, "allure-results"),
    allureReport: join(path, "allure-report"),
    page: join(path, "allure-report", "index.html"),
  };
}

/** Makes `<out>/<id>/` with its folders and points `<out>/latest` at it. */
export async function createResultsFolder(out: string, id: string): Promise<ResultsFolder> {
  const folder = resultsFolder(join(out, id));
  await refuseFullDisk(out);
  try {
    await mkdir(folder.pcaps, { recursive: true });
    await mkdir(folder.diagnostics, { recursive: true });
  } catch (cause) {
    throw new UsageError(`cannot make the results folder ${folder.path}`, {
      cause,
      fix: "name another one: --out DIR",
    });
  }
  await pointLatest(out, id);
  return folder;
}

/** Bytes that a run of the smallest lab takes while its captures are whole: 8 MB of them, 5 MB of results. */
const leastBytes = 13 * 2 ** 20;

/** A run that cannot write what it finds is not begun. */
async function refuseFullDisk(out: string): Promise<void> {
  const free = await freeBytes(resolve(out));
  if (free === undefined || free >= leastBytes) return;
  const [has, needs] = [free, leastBytes].map((bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`);
  throw new UsageError(`only ${has} are free where results go, and a run takes ${needs} and more`, {
    where: resolve(out),
    fix: "free some there, or name another folder: --out DIR",
  });
}

/** What a user may still write where a folder is, or will be; undefined where the file system does not tell. */
async function freeBytes(place: string): Promise<number | undefined> {
  const found = await statfs(place).catch(() => undefined);
  if (found === undefined) return dirname(place) === place ? undefined : freeBytes(dirname(place));
  return found.blocks === 0 ? undefined : found.bavail * found.bsize;
}

/** Swaps the link `<out>/latest`; of two runs at once the later call wins, and the link is never missing or half made. */
export async function pointLatest(out: string, id: string): Promise<void> {
  const link = join(out, latest);
  const next = `${link}.${randomUUID().slice(0, 8)}`;
  await symlink(id, next);
  try {
    await rename(next, link);
  } catch (error) {
    await rm(next, { force: true });
    throw new UsageError(`cannot point ${link} at run ${id}`, {
      cause: error,
      fix: `move ${link} away: it must be a link that encaplab made`,
    });
  }
}

/** Writes run.json whole or not at all, without secrets. */
export async function saveRun(folder: ResultsFolder, record: RunRecord): Promise<void> {
  await writeFileAtomic(folder.run, runText(redactValue(record)));
}

/** Reads a stored run: by folder, by path of its run.json, by id below `out`, or "latest". Throws a UsageError. */
export async function loadRun(reference: string, out: string): Promise<StoredRun> {
  const folder = await locate(reference, out);
  return { record: parseRun(parseJson(await read(folder.run), folder.run), folder.run), folder };
}

const latest = "latest";

async function locate(reference: string, out: string): Promise<ResultsFolder> {
  const direct = basename(reference) === "run.json" ? dirname(reference) : reference;
  const below = join(out, direct);
  // Of another folder "latest" would be another's last run.
  const candidates = reference === latest ? [below] : looksLikePath(direct) ? [direct] : [below, direct];
  for (const candidate of candidates) {
    if (await exists(join(candidate, "run.json"))) return resultsFolder(candidate);
  }
  const unfinished = await firstFolder(candidates);
  if (unfinished !== undefined) {
    throw new UsageError(`run ${reference} has no run.json: it was cut short, or is still going on`, {
      where: resolve(unfinished),
      fix: "wait for the run to end, or repeat it",
    });
  }
  throw new UsageError(`no run "${reference}"`, {
    where: candidates.map((candidate) => resolve(candidate)).join(" or "),
    fix: await knownRuns(out),
  });
}

function looksLikePath(reference: string): boolean {
  return reference.includes("/");
}

async function firstFolder(candidates: readonly string[]): Promise<string | undefined> {
  for (const candidate of candidates) if (await exists(candidate)) return candidate;
  return undefined;
}

async function knownRuns(out: string): Promise<string> {
  const names = await readdir(out).catch(() => []);
  const runs: string[] = [];
  for (const name of names) if (name !== latest && (await exists(join(out, name, "run.json")))) runs.push(name);
  return runs.length === 0 ? `no runs in ${out} yet: npm run suite` : `one of: ${runs.sort().join(", ")}, latest`;
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UsageError("cannot read the run", { where: file, cause: error });
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UsageError(`not JSON: ${messageOf(error)}`, {
      where: file,
      fix: "repeat the run: the file was changed or damaged",
    });
  }
}

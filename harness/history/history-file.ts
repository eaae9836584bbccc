import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { writeFileAtomic } from "../core/atomic-file.ts";
import { messageOf, UsageError } from "../core/errors.ts";
import { exists } from "../core/exists.ts";
import type { Night } from "./night.ts";

/** Name of the file in a history folder that outlives runs: one ratio of one night on each line, oldest first. */
export const historyFile = "costs.ndjson";

/** Whether something that is named is a history, and not a run: the folder or the file. */
export async function isHistory(place: string): Promise<boolean> {
  return (await exists(fileAt(place))) && !(await exists(join(place, "run.json")));
}

/** Every line of a history; [] where there is none yet. UsageError with the line's number for what is not a history. */
export async function readHistory(place: string): Promise<readonly Night[]> {
  const file = fileAt(place);
  if (!(await exists(file))) return [];
  const lines = (await readFile(file, "utf8")).split("\n");
  return lines.flatMap((line, index) => (line.trim() === "" ? [] : [parseNight(line, `${file}:${index + 1}`)]));
}

/** Adds nights instead of what the same runs added before; returns all lines. */
export async function addToHistory(folder: string, nights: readonly Night[]): Promise<readonly Night[]> {
  const runs = new Set(nights.map(({ run }) => run));
  const kept = (await readHistory(folder)).filter(({ run }) => !runs.has(run));
  const all = [...kept, ...nights].toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
  await writeFileAtomic(fileAt(folder), all.map((night) => `${JSON.stringify(night)}\n`).join(""));
  return all;
}

function fileAt(place: string): string {
  return basename(place).endsWith(".ndjson") ? place : join(place, historyFile);
}

const texts = ["run", "startedAt", "id", "topology", "provider", "dataplane", "metric", "baseline", "better"] as const;
const numbers = ["ratio", "low", "high", "floor", "pairs", "labs"] as const;

function parseNight(line: string, where: string): Night {
  const fix = "remove the line, or restore the file: encaplab writes it whole";
  try {
    const value = JSON.parse(line) as Record<string, unknown>;
    const bad =
      texts.find((name) => typeof value[name] !== "string") ??
      numbers.find((name) => typeof value[name] !== "number" || !(value[name] > 0));
    if (bad !== undefined) throw new UsageError(`a line of the history lacks "${bad}"`, { where, fix });
    return value as unknown as Night;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`a line of the history is not JSON: ${messageOf(error)}`, { where, fix });
  }
}

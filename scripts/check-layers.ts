import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import ts from "typescript";
import { findStrayProviderNames } from "./provider-names.ts";

interface Layers {
  readonly order: readonly (readonly string[])[];
  readonly advice: string;
}

/** Every import in harness/ that points to a room of the same or a later row of layers.json, and every stray name of a provider. */
export async function findUpwardImports(harness: string): Promise<readonly string[]> {
  const layers = JSON.parse(await readFile(join(harness, "layers.json"), "utf8")) as Layers;
  const rooms = layers.order.flatMap((row, index) => row.map((name): Room => ({ name, row: index })));
  const files = (await readdir(harness, { recursive: true })).filter((name) => name.endsWith(".ts"));
  const found = await Promise.all(files.map((file) => violationsIn(harness, file, rooms)));
  const problems = [...found.flat(), ...(await findStrayProviderNames(harness))];
  return problems.length === 0 ? [] : [...problems, layers.advice];
}

/** A folder, or a single file, with a row of its own. */
interface Room {
  readonly name: string;
  readonly row: number;
}

/** The innermost room that a file lies in. */
function roomOf(file: string, rooms: readonly Room[]): Room | undefined {
  return rooms
    .filter(({ name }) => file === name || file.startsWith(`${name}${sep}`))
    .reduce<Room | undefined>((best, room) => (room.name.length > (best?.name.length ?? 0) ? room : best), undefined);
}

async function violationsIn(harness: string, file: string, rooms: readonly Room[]): Promise<string[]> {
  const from = roomOf(file, rooms);
  if (from === undefined) return [`harness/${file}: folder "${file.split(sep)[0] ?? ""}" is not in layers.json`];
  // Tests may use what they test with; production code may not.
  if (/\.(test|contract|fixture)\.ts$/.test(file)) return [];
  const text = await readFile(join(harness, file), "utf8");
  return importedFiles(text)
    .filter((target) => target.startsWith("."))
    .flatMap((target) => {
      const path = relative(harness, resolve(harness, dirname(file), target));
      // The command line brings the suites, which lie outside, to the harness.
      if (from.name === "cli" && path.startsWith("..")) return [];
      const to = roomOf(path, rooms);
      if (to !== undefined && (to.name === from.name || to.row < from.row)) return [];
      return [`harness/${file} imports ${path}: ${from.name} may not use ${to?.name ?? path}`];
    });
}

function importedFiles(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map((reference) => reference.fileName);
}

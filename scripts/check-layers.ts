import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import ts from "typescript";
import { findCircles, type AllowedHub } from "./check-circles.ts";
import { findStrayProviderNames } from "./provider-names.ts";

interface Layers {
  readonly order: readonly (readonly string[])[];
  /** Missing = none. */
  readonly mayCloseCircles?: readonly AllowedHub[];
  readonly advice: string;
}

/**
 * Every import in harness/ that points to a room of the same or a later row of layers.json, every circle of files, and every
 * stray name of a provider.
 */
export async function findUpwardImports(harness: string): Promise<readonly string[]> {
  const layers = JSON.parse(await readFile(join(harness, "layers.json"), "utf8")) as Layers;
  const rooms = layers.order.flatMap((row, index) => row.map((name): Room => ({ name, row: index })));
  const files = (await readdir(harness, { recursive: true })).filter((name) => name.endsWith(".ts"));
  const imports = new Map(
    await Promise.all(files.map(async (file) => [file, await importsOf(harness, file)] as const)),
  );
  const problems = [
    ...[...imports].flatMap(([file, targets]) => violationsIn(file, targets, rooms)),
    ...findCircles(imports, layers.mayCloseCircles ?? []),
    ...(await findStrayProviderNames(harness)),
  ];
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

function violationsIn(file: string, imports: readonly string[], rooms: readonly Room[]): readonly string[] {
  const from = roomOf(file, rooms);
  if (from === undefined) return [`harness/${file}: folder "${file.split(sep)[0] ?? ""}" is not in layers.json`];
  // Tests may use what they test with; production code may not.
  if (/\.(test|contract|fixture)\.ts$/.test(file)) return [];
  return imports.flatMap((path) => {
    // The command line brings the suites, which lie outside, to the harness.
    if (from.name === "cli" && path.startsWith("..")) return [];
    const to = roomOf(path, rooms);
    if (to !== undefined && (to.name === from.name || to.row < from.row)) return [];
    return [`harness/${file} imports ${path}: ${from.name} may not use ${to?.name ?? path}`];
  });
}

/** The files that a file imports, also types alone, as paths from harness/. */
async function importsOf(harness: string, file: string): Promise<readonly string[]> {
  const { importedFiles } = ts.preProcessFile(await readFile(join(harness, file), "utf8"), true, true);
  return importedFiles
    .map(({ fileName }) => fileName)
    .filter((target) => target.startsWith("."))
    .map((target) => relative(harness, resolve(harness, dirname(file), target)));
}

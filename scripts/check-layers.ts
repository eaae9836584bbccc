import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import ts from "typescript";

interface Layers {
  readonly order: readonly (readonly string[])[];
  readonly advice: string;
}

/** Every import in harness/ that points to a folder of the same or a later row of layers.json. */
export async function findUpwardImports(harness: string): Promise<readonly string[]> {
  const layers = JSON.parse(await readFile(join(harness, "layers.json"), "utf8")) as Layers;
  const rank = new Map(layers.order.flatMap((row, index) => row.map((folder) => [folder, index] as const)));
  const files = (await readdir(harness, { recursive: true })).filter((name) => name.endsWith(".ts"));
  const found = await Promise.all(files.map((file) => violationsIn(harness, file, rank)));
  const problems = found.flat();
  return problems.length === 0 ? [] : [...problems, layers.advice];
}

async function violationsIn(harness: string, file: string, rank: ReadonlyMap<string, number>): Promise<string[]> {
  const from = file.split(sep)[0] ?? "";
  const text = await readFile(join(harness, file), "utf8");
  const own = rank.get(from);
  if (own === undefined) return [`harness/${file}: folder "${from}" is not in layers.json`];
  return importedFiles(text)
    .filter((target) => target.startsWith("."))
    .flatMap((target) => {
      const path = relative(harness, resolve(harness, dirname(file), target));
      const to = path.split(sep)[0] ?? "";
      // The command line brings the suites, which lie outside, to the harness.
      // Tests may use what they test with; production code may not.
      if (to === from || (from === "cli" && to === "..") || /\.(test|contract|test-data)\.ts$/.test(file)) return [];
      const other = rank.get(to);
      return other !== undefined && other < own ? [] : [`harness/${file} imports ${path}: ${from} may not use ${to}`];
    });
}

function importedFiles(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map((reference) => reference.fileName);
}

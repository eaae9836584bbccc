import { readFile, readdir, stat } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { UsageError } from "../core/errors.ts";

/** The suites of a folder by their two forms. */
export interface SuiteFiles {
  /** Files with `export default defineSuite({…})`. */
  readonly declarations: readonly string[];
  /** Mocha files, `*.suite.ts`, which get their labs by `useLab`. */
  readonly tests: readonly TestFile[];
}

/** A Mocha file. */
export interface TestFile {
  readonly file: string;
  /** Its path below the folder that was named, without its ending: stands in the ids of its tests. */
  readonly name: string;
}

/**
 * Finds suites below folders, or takes single files. Only what mentions `defineSuite` counts as a declaration, so that other
 * TypeScript beside it is never executed. UsageError where a folder is not there or has none.
 */
export async function findSuiteFiles(places: readonly string[]): Promise<SuiteFiles> {
  const found = (await Promise.all(places.map(filesOf))).flat();
  const files = found.filter(({ file }, index) => found.findIndex((one) => one.file === file) === index);
  const declarations = files.filter(({ file }) => !testFile.test(file)).map(({ file }) => file);
  const declaring = await Promise.all(declarations.map(declares));
  return {
    declarations: declarations.filter((_, index) => declaring[index]),
    tests: files.filter(({ file }) => testFile.test(file)),
  };
}

const testFile = /\.suite\.m?[jt]s$/;
const codeFile = /(?<!\.d)\.m?[jt]s$/;
/** Nobody keeps suites there, and reading them would take long. */
const passedOver = /^(?:\.|node_modules$|results$|dist$)/;

async function filesOf(place: string): Promise<readonly TestFile[]> {
  const path = resolve(place);
  const about = await stat(path).catch(() => undefined);
  if (about === undefined) throw new UsageError(`--suites ${place} does not exist`, { where: path });
  if (about.isFile()) return [{ file: path, name: nameOf(basename(path)) }];
  const files = (await codeBelow(path)).toSorted();
  const useful = await Promise.all(files.map(async (file) => testFile.test(file) || declares(file)));
  if (!useful.includes(true)) {
    throw new UsageError(`there is no suite in ${place}`, {
      where: path,
      fix: "a suite is a file *.suite.ts with Mocha tests, or one with `export default defineSuite({…})`",
    });
  }
  return files.map((file) => ({ file, name: nameOf(relative(path, file)) }));
}

function nameOf(path: string): string {
  return path.replace(testFile, "").replaceAll("\\", "/");
}

async function codeBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const below = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return passedOver.test(entry.name) ? [] : codeBelow(path);
      return codeFile.test(entry.name) ? [path] : [];
    }),
  );
  return below.flat();
}

async function declares(file: string): Promise<boolean> {
  return /\bdefineSuite\b/.test(await readFile(file, "utf8"));
}

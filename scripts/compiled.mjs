// The clone's TypeScript as JavaScript, kept below node_modules/.cache: to compile by a loader at every start costs more than
// most commands do. File by file, as the sources change; everything else that the harness reads is linked to.
import { createRequire } from "node:module";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";

/** Raise it when the way of compiling changes. */
const format = 2;

/** Folders whose TypeScript the command line consists of. */
const sources = ["harness", "suites"];

/** What the harness finds by its own place. */
const linked = [
  "package.json",
  "topologies",
  "scripts",
  join("harness", "lab", "packages.json"),
  join("harness", "underlay", "containers", "Dockerfile"),
];

/** Brings the JavaScript up to date and returns its folder; undefined where it cannot be written: tsx then does it. */
export function compiledFolder(root) {
  try {
    const folder = join(root, "node_modules", ".cache", "encaplab", `${format}-${process.versions.node}`);
    for (const path of linked) link(join(root, path), join(folder, path));
    const stale = sources.flatMap((name) => staleFiles(root, folder, name));
    if (stale.length > 0) compile(root, folder, stale);
    return folder;
  } catch (error) {
    if (process.env.ENCAPLAB_DEBUG !== undefined) console.error(error);
    return undefined;
  }
}

function link(target, path) {
  mkdirSync(dirname(path), { recursive: true });
  try {
    // Relative, so that a clone may be moved.
    symlinkSync(relative(dirname(path), target), path);
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
}

/** A compiled file has the time of its source, to the millisecond, so that going back to an older source counts too. */
function staleFiles(root, folder, name) {
  return readdirSync(join(root, name), { withFileTypes: true }).flatMap((entry) => {
    const path = join(name, entry.name);
    if (entry.isDirectory()) return entry.name === "testdata" ? [] : staleFiles(root, folder, path);
    if (!entry.name.endsWith(".ts") || /\.(test|fixture|contract|d)\.ts$/.test(entry.name)) return [];
    const { mtimeMs } = statSync(join(root, path));
    const made = statSync(outputOf(folder, path), { throwIfNoEntry: false });
    return made !== undefined && Math.round(made.mtimeMs) === Math.floor(mtimeMs) ? [] : [{ path, mtimeMs }];
  });
}

/** Not .js: by that name the harness knows that it is the installed package, whose command has another name. */
function outputOf(folder, path) {
  return join(folder, path.replace(/\.ts$/, ".mjs"));
}

function compile(root, folder, files) {
  // esbuild is what tsx compiles with; it comes with it.
  const { transformSync } = createRequire(createRequire(import.meta.url).resolve("tsx/package.json"))("esbuild");
  for (const { path, mtimeMs } of files) {
    const { code } = transformSync(readFileSync(join(root, path), "utf8"), {
      loader: "ts",
      format: "esm",
      target: "node20",
      sourcefile: path,
      tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    });
    write(
      outputOf(folder, path),
      code.replaceAll(/\b(from |import\(?)("\.{1,2}\/[^"\n]*)\.ts"/g, '$1$2.mjs"'),
      mtimeMs,
    );
  }
}

/** Whole or not at all: another command may start meanwhile. */
function write(file, text, mtimeMs) {
  mkdirSync(dirname(file), { recursive: true });
  const part = `${file}.${process.pid}`;
  try {
    writeFileSync(part, text);
    utimesSync(part, Math.floor(mtimeMs) / 1000, Math.floor(mtimeMs) / 1000);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

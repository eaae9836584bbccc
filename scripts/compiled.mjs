// The clone's TypeScript as JavaScript in few files, kept below node_modules/.cache: to compile by a loader at every start, and to find and
// load a thousand files, cost more than most commands do. Made anew when a source changes; everything else that the harness reads is linked to.
import { createRequire } from "node:module";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";

/** Raise it when the way of compiling changes. */
const format = 3;

/** Folders whose TypeScript the command line consists of. */
const sources = ["harness", "suites"];

/** Files that a command starts with, or that suites of somebody's own import; each has the place that it has in the clone. */
const entries = ["harness/cli/main", "harness/api/index"];

/** The others lie as deep as these, so that the way from them to a place in the clone is the same. */
const chunks = "harness/chunks";

/** Days after which a file that is no longer used goes: a command that has started from it may load it until then. */
const daysKept = 2;

/** What the harness finds by its own place. */
const linked = [
  "package.json",
  "topologies",
  "scripts",
  join("harness", "lab", "packages.json"),
  join("harness", "underlay", "containers", "Dockerfile"),
];

/** Packages of many small files, which are loaded faster as a part of ours. */
const bundled = ["zod"];

/** Brings the JavaScript up to date and returns its folder; undefined where it cannot be written: tsx then does it. */
export async function compiledFolder(root) {
  try {
    const folder = join(root, "node_modules", ".cache", "encaplab", `${format}-${process.versions.node}`);
    const state = stateOf(root);
    if (read(join(folder, "state")) === state) return folder;
    for (const path of linked) link(join(root, path), join(folder, path));
    await compile(root, folder);
    write(join(folder, "state"), state);
    removeOld(join(folder, chunks));
    return folder;
  } catch (error) {
    if (process.env.ENCAPLAB_DEBUG !== undefined) console.error(error);
    return undefined;
  }
}

/** Every source with its time and size, and the packages: what is compiled is up to date where these are the same. */
function stateOf(root) {
  const files = [
    join("scripts", "tools.mjs"),
    "package-lock.json",
    ...sources.flatMap((name) => sourcesIn(root, name)),
  ];
  return files
    .map((path) => {
      const { mtimeMs, size } = statSync(join(root, path));
      return `${path} ${mtimeMs} ${size}\n`;
    })
    .join("");
}

function sourcesIn(root, name) {
  return readdirSync(join(root, name), { withFileTypes: true }).flatMap((entry) => {
    const path = join(name, entry.name);
    if (entry.isDirectory()) return entry.name === "testdata" ? [] : sourcesIn(root, path);
    return entry.name.endsWith(".ts") && !/\.(test|fixture|contract|d)\.ts$/.test(entry.name) ? [path] : [];
  });
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
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

/** Parts first, and what loads them last: another command may start meanwhile. */
async function compile(root, folder) {
  // esbuild is what tsx compiles with; it comes with it.
  const esbuild = createRequire(createRequire(import.meta.url).resolve("tsx/package.json"))("esbuild");
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: entries.map((path) => `${path}.ts`),
    outbase: root,
    outdir: folder,
    bundle: true,
    splitting: true,
    chunkNames: `${chunks}/[name]-[hash]`,
    // Not .js: by that name the harness knows that it is the installed package, whose command has another name.
    outExtension: { ".js": ".mjs" },
    format: "esm",
    platform: "node",
    target: "node20",
    external: Object.keys(dependencies).filter((name) => !bundled.includes(name)),
    plugins: [{ name: "places", setup: (build) => keepPlaces(root, build) }],
    write: false,
    logLevel: "silent",
  });
  await esbuild.stop();
  const isEntry = ({ path }) => entries.includes(relative(folder, path).replace(/\.mjs$/, ""));
  for (const { path, contents } of [...outputFiles.filter((file) => !isEntry(file)), ...outputFiles.filter(isEntry)])
    write(path, contents);
}

/** Lets each module know the place that it has in the clone, which it finds other files by. */
function keepPlaces(root, build) {
  build.onLoad({ filter: /[\\/](harness|suites|scripts)[\\/].*\.(ts|mjs)$/ }, ({ path }) => {
    const text = readFileSync(path, "utf8");
    if (!text.includes("import.meta.url")) return undefined;
    const place = `../../${relative(root, path).replace(/\.ts$/, ".mjs")}`;
    const contents = text.replaceAll("import.meta.url", `new URL(${JSON.stringify(place)}, import.meta.url).href`);
    return { contents, loader: path.endsWith(".ts") ? "ts" : "js" };
  });
}

/** Whole or not at all. */
function write(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  const part = `${file}.${process.pid}`;
  try {
    writeFileSync(part, content);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

/** Those in use have just been written. */
function removeOld(folder) {
  const oldest = Date.now() - daysKept * 24 * 3600 * 1000;
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    if (statSync(file).mtimeMs < oldest) rmSync(file, { force: true });
  }
}

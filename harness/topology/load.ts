import { readFile, readdir, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../core/errors.ts";
import { didYouMean } from "../core/closest-name.ts";
import { parseTopology } from "./parse-topology.ts";
import type { Topology } from "./topology.ts";

/** The project's own topologies. */
export const topologyFolder = fileURLToPath(new URL("../../topologies", import.meta.url));

/**
 * Loads a topology by name or by path (with a slash or ending in .yaml/.yml). A name means a file in `topologies/` of the
 * current folder, or one that comes with encaplab; the path of a folder means the only topology in it. Throws a UsageError that
 * lists the known names, or every problem of the file with its position.
 */
export async function loadTopology(nameOrFile: string, folder: string = topologyFolder): Promise<Topology> {
  const path = /[/\\]|\.ya?ml$/.test(nameOrFile) ? await fileAt(nameOrFile) : await fileNamed(nameOrFile, folder);
  return parseTopology(await readText(path), shortest(path), nameFrom(path));
}

async function fileNamed(name: string, folder: string): Promise<string> {
  const folders = [...new Set([resolve("topologies"), folder])];
  const known = await Promise.all(folders.map((one) => listTopologies(one).catch((): readonly string[] => [])));
  const at = known.findIndex((names) => names.includes(name));
  const [where] = at < 0 ? [] : folders.slice(at);
  if (where !== undefined) return join(where, `${name}.yaml`);
  const names = [...new Set(known.flat())].sort();
  throw new UsageError(`unknown topology "${name}"${didYouMean(name, names)}`, {
    fix: `choose one of ${names.join(", ")}, or give the path of a YAML file (./mine.yaml)`,
  });
}

async function fileAt(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) return path;
  const names = (await readdir(path)).filter((name) => /\.ya?ml$/.test(name)).sort();
  const [only, ...others] = names;
  if (only !== undefined && others.length === 0) return join(path, only);
  if (only === undefined)
    throw new UsageError(`there is no topology in the folder ${path}`, { fix: "name a YAML file" });
  throw new UsageError(`there are several topologies in the folder ${path}`, {
    fix: `name one: ${names.map((name) => join(path, name)).join(", ")}`,
  });
}

/** Names of the topologies in a folder, sorted. */
export async function listTopologies(folder: string = topologyFolder): Promise<readonly string[]> {
  const files = await readdir(folder);
  return files
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.replace(/\.yaml$/, ""))
    .sort();
}

/** How `--topology` names a topology: by its name where it comes with encaplab, otherwise by its file. */
export function topologyWord({ name, source }: Topology): string {
  return resolve(dirname(source)) === topologyFolder ? name : source;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new UsageError(`the topology file ${path} cannot be read`, {
      cause,
      fix: "check the path; a name without slash and ending means a topology that comes with encaplab",
    });
  }
}

/** What a file without `name` is called: its own name, in the characters that the schema allows. */
function nameFrom(path: string): string {
  const words = basename(path)
    .replace(/\.ya?ml$/, "")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  const name = words.join("-").slice(0, 36).replace(/-$/, "");
  return /^[a-z]/.test(name) ? name : `lab-${name}`.replace(/-$/, "");
}

/** Paths below the current folder are shown relative to it, others in full. */
function shortest(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith("..") || isAbsolute(fromHere) ? path : fromHere;
}

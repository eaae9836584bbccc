import { readFile, readdir } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../core/errors.ts";
import { didYouMean } from "./closest-name.ts";
import { parseTopology } from "./parse-topology.ts";
import type { Topology } from "./topology.ts";

/** The project's own topologies. */
export const topologyFolder = fileURLToPath(new URL("../../topologies", import.meta.url));

/**
 * Loads a topology by name (`two-racks` is <folder>/two-racks.yaml) or by path (with a slash or ending in .yaml/.yml).
 * Throws a UsageError that lists the known names, or every problem of the file with its position.
 */
export async function loadTopology(nameOrFile: string, folder: string = topologyFolder): Promise<Topology> {
  const isFile = /[/\\]|\.ya?ml$/.test(nameOrFile);
  const known = isFile ? [] : await listTopologies(folder);
  if (!isFile && !known.includes(nameOrFile)) {
    throw new UsageError(`unknown topology "${nameOrFile}"${didYouMean(nameOrFile, known)}`, {
      fix: `choose one of ${known.join(", ")}, or give the path of a YAML file (./mine.yaml)`,
    });
  }
  const path = isFile ? nameOrFile : join(folder, `${nameOrFile}.yaml`);
  return parseTopology(await readText(path), shortest(path), nameFrom(path));
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

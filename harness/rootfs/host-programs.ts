import { stat } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../core/errors.ts";
import type { Executor } from "../exec/executor.ts";
import { cached } from "../core/cache.ts";
import { parseLdd } from "./shared-libraries.ts";

/** A program that a guest or a container carries. */
export interface WantedProgram {
  readonly program: string;
  /** Debian packages to unpack where this host lacks the program: the one that holds it and libraries it needs. */
  readonly packages: readonly string[];
}

/** Where files come from: path in the guest or container to file on this host. */
export type ProgramFiles = ReadonlyMap<string, string>;

/** Only the system's own folders, so that equal hosts give equal images. */
const programFolders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];
const libraryFolders = ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu", "usr/lib"];

/**
 * Finds programs and their shared libraries: on this host, or in packages that are downloaded and unpacked into the
 * cache, never installed. Every program lands in /usr/bin; libraries keep their place.
 */
export async function hostPrograms(
  host: Executor,
  cache: string,
  wanted: readonly WantedProgram[],
): Promise<ProgramFiles> {
  const found = await Promise.all(wanted.map(async (tool) => ({ tool, file: await find(tool.program, "/") })));
  const lacking = found.filter(({ file }) => file === undefined).map(({ tool }) => tool);
  const extra = lacking.length === 0 ? undefined : await unpackPackages(host, cache, lacking);
  const files = new Map<string, string>();
  for (const { tool, file } of found) {
    files.set(`/usr/bin/${tool.program}`, file ?? (await findUnpacked(tool, extra ?? "/")));
  }
  const libraries = await librariesOf(host, [...files.values()], extra);
  for (const library of libraries) files.set(placeOf(library, extra), library);
  return files;
}

async function find(program: string, root: string): Promise<string | undefined> {
  for (const folder of programFolders) {
    const file = join(root, folder, program);
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile() === true) return file;
  }
  return undefined;
}

async function findUnpacked(tool: WantedProgram, root: string): Promise<string> {
  const file = await find(tool.program, root);
  if (file !== undefined) return file;
  throw new LabError(`no program ${tool.program} in the packages ${tool.packages.join(", ")}`, {
    fix: `apt-get install ${tool.packages.join(" ")}`,
  });
}

/** One folder for each set of packages. */
async function unpackPackages(host: Executor, cache: string, tools: readonly WantedProgram[]): Promise<string> {
  const packages = [...new Set(tools.flatMap((tool) => tool.packages))].sort();
  return cached(cache, "packages", packages.join("+").slice(0, 200), async (half) => {
    const script = [
      'mkdir "$1/debs"',
      'cd "$1/debs"',
      "shift",
      'apt-get -q -o APT::Sandbox::User=root download "$@"',
      'for deb in *.deb; do dpkg-deb -x "$deb" ..; done',
      "rm -r ../debs",
    ].join(" && ");
    await host.run(["sh", "-c", script, "sh", half, ...packages], { timeoutMs: 240_000 });
  });
}

async function librariesOf(host: Executor, programs: readonly string[], extra?: string): Promise<readonly string[]> {
  const path = extra === undefined ? "" : libraryFolders.map((folder) => join(extra, folder)).join(":");
  const listing = await host.tryRun(["env", `LD_LIBRARY_PATH=${path}`, "ldd", ...programs]);
  const { files, missing } = parseLdd(listing.stdout);
  if (missing.length === 0) return files;
  throw new LabError(`programs need libraries that are missing: ${missing.join(", ")}`, {
    where: host.where,
    fix: "install the packages that contain them, or remove the cache folder packages/",
  });
}

/** There is one tree: /lib is a link to /usr/lib, as everywhere since the merge of /usr. */
function placeOf(library: string, extra?: string): string {
  const path = extra !== undefined && library.startsWith(`${extra}/`) ? library.slice(extra.length) : library;
  return path.replace(/^\/lib/, "/usr/lib");
}

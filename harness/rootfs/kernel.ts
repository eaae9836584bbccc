import { createHash } from "node:crypto";
import { copyFile, cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LabError, UsageError } from "../core/errors.ts";
import type { Executor } from "../exec/executor.ts";
import { cached } from "../core/cache.ts";
import { bootModules, moduleFiles, moduleName, onDemandModules } from "./kernel-modules.ts";
import { chooseKernel, parseKernelPackages, type KernelPackage } from "./kernel-packages.ts";

/** A kernel that guests can boot. */
export interface GuestKernel {
  /** As `uname -r` tells it in the guest. */
  readonly release: string;
  /** File of the kernel image. */
  readonly image: string;
  /** Folder that becomes `/usr/lib/modules/<release>`: the wanted modules and depmod's tables. */
  readonly modules: string;
  /** Those of the wanted boot modules that this kernel really has. */
  readonly bootModules: readonly string[];
}

/** Ends the name of a kernel's folder, which holds the wanted modules alone. */
const modulesMark = `+m${createHash("sha256")
  .update(JSON.stringify([bootModules, onDemandModules]))
  .digest("hex")
  .slice(0, 8)}`;

/** Kernels available here, newest first. Empty where there is no apt. */
export async function availableKernels(host: Executor): Promise<readonly KernelPackage[]> {
  const search = await host
    .tryRun(["apt-cache", "search", "--names-only", "^linux-image-[0-9]"])
    .catch(() => undefined);
  return search?.exitCode === 0 ? parseKernelPackages(search.stdout) : [];
}

/**
 * Brings a kernel into the cache: `6.1` (the newest of that series), a whole release, or the path of a `linux-image-*.deb`. The
 * package is downloaded and unpacked, never installed.
 */
export async function fetchKernel(host: Executor, cache: string, wanted: string): Promise<GuestKernel> {
  if (wanted.endsWith(".deb")) return fromDeb(host, cache, wanted);
  const offline = await cachedKernels(cache);
  const packages = await availableKernels(host);
  const known = packages.length > 0 ? packages : offline;
  const chosen = chooseKernel(known, wanted);
  if (chosen === undefined) throw unknownKernel(wanted, known);
  const folder = await cached(cache, "kernels", `${chosen.release}${modulesMark}`, async (half) => {
    const download = 'cd "$1" && exec apt-get -q -o APT::Sandbox::User=root download "$2"';
    await host.run(["sh", "-c", download, "sh", half, chosen.name], { timeoutMs: 240_000 });
    const deb = (await readdir(half)).find((name) => name.endsWith(".deb"));
    if (deb === undefined) throw new LabError(`apt-get did not download package ${chosen.name}`, { where: host.where });
    await unpack(host, join(half, deb), half);
    await rm(join(half, deb));
  });
  return readKernel(folder);
}

async function fromDeb(host: Executor, cache: string, deb: string): Promise<GuestKernel> {
  const content = await readFile(deb).catch((cause: unknown) => {
    throw new UsageError(`cannot read the kernel package ${deb}`, { cause });
  });
  const key = `deb-${createHash("sha256").update(content).digest("hex").slice(0, 16)}${modulesMark}`;
  return readKernel(await cached(cache, "kernels", key, (half) => unpack(host, deb, half)));
}

/** Leaves `vmlinuz`, `modules/` and `kernel.json` in the folder. */
async function unpack(host: Executor, deb: string, folder: string): Promise<void> {
  const tree = join(folder, "tree");
  await host.run(["dpkg-deb", "-x", deb, tree], { timeoutMs: 120_000 });
  const image = (await readdir(join(tree, "boot")).catch(() => [])).find((name) => name.startsWith("vmlinuz-"));
  if (image === undefined) throw new LabError(`${deb} contains no kernel (no boot/vmlinuz-*)`);
  const release = image.slice("vmlinuz-".length);
  const top = (await readdir(tree)).includes("usr") ? join(tree, "usr") : tree;
  const source = [join(tree, "lib/modules", release), join(top, "lib/modules", release)];
  const modules = await firstFolder(source);
  await host.run(["depmod", "-b", dirname(dirname(dirname(modules))), release], { timeoutMs: 120_000 });
  const kept = await keepWanted(modules, join(folder, "modules", "lib", "modules", release));
  await host.run(["depmod", "-b", join(folder, "modules"), release]);
  await copyFile(join(tree, "boot", image), join(folder, "vmlinuz"));
  await writeFile(join(folder, "kernel.json"), JSON.stringify({ release, bootModules: kept }));
  await rm(tree, { recursive: true });
}

async function firstFolder(candidates: readonly string[]): Promise<string> {
  for (const folder of candidates) if ((await readdir(folder).catch(() => [])).length > 0) return folder;
  throw new LabError(`the kernel package contains no modules: ${candidates.join(", ")}`);
}

/** Copies the wanted modules and returns the names of the boot modules among them. */
async function keepWanted(from: string, to: string): Promise<readonly string[]> {
  const table = await readFile(join(from, "modules.dep"), "utf8");
  const files = moduleFiles(table, [...bootModules, ...onDemandModules]);
  for (const file of files) {
    await mkdir(dirname(join(to, file)), { recursive: true });
    await copyFile(join(from, file), join(to, file));
  }
  for (const list of ["modules.builtin", "modules.order", "modules.builtin.modinfo"]) {
    await cp(join(from, list), join(to, list)).catch(() => undefined);
  }
  const names = new Set(files.map(moduleName));
  return bootModules.filter((name) => names.has(name));
}

async function readKernel(folder: string): Promise<GuestKernel> {
  const about = JSON.parse(await readFile(join(folder, "kernel.json"), "utf8")) as Pick<
    GuestKernel,
    "release" | "bootModules"
  >;
  return {
    ...about,
    image: join(folder, "vmlinuz"),
    modules: join(folder, "modules", "lib", "modules", about.release),
  };
}

async function cachedKernels(cache: string): Promise<readonly KernelPackage[]> {
  const names = await readdir(join(cache, "kernels")).catch(() => []);
  const usable = names.filter((name) => name.endsWith(modulesMark));
  const releases = usable.map((name) => name.slice(0, -modulesMark.length));
  return parseKernelPackages(releases.map((release) => `linux-image-${release}`).join("\n"));
}

function unknownKernel(wanted: string, known: readonly KernelPackage[]): UsageError {
  const releases = known.map(({ release }) => release);
  return new UsageError(`no kernel "${wanted}"; available: ${releases.join(", ") || "none"}`, {
    fix: releases.length > 0 ? "name one of these, or the path of a linux-image-*.deb" : "apt-get update",
  });
}

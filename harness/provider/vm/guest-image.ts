import { createHash } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Executor } from "../../exec/executor.ts";
import { cached } from "./cache.ts";
import { cpioArchive, type CpioEntry } from "./cpio.ts";
import { guestInit, sshdConfig } from "./guest-init.ts";
import { filesBelow, guestPrograms, type GuestFiles } from "./guest-programs.ts";
import { guestData, kmodNames } from "./guest-tools.ts";
import type { GuestKernel } from "./kernel.ts";
import { reseedProgram } from "./reseed-program.ts";

/** The root file system of a guest without identity. */
export interface GuestImage {
  /** 16 hex digits of the SHA-256 of its content: the same content is built once. */
  readonly digest: string;
  /** Initramfs, not compressed: unpacking costs an emulated processor more than reading does. */
  readonly file: string;
  /** Files of this host that it was made from. */
  readonly sources: readonly string[];
}

const folders = [
  ...["/dev", "/proc", "/sys", "/run", "/tmp", "/var", "/var/tmp", "/var/log", "/root", "/root/.ssh", "/etc"],
  ...["/etc/ssh", "/usr", "/usr/bin", "/usr/lib", "/usr/lib64", "/lib", "/lib/encaplab"],
];

/** Guests have one tree: every usual path leads to it. */
const links: Readonly<Record<string, string>> = {
  "/bin": "usr/bin",
  "/sbin": "usr/bin",
  "/usr/sbin": "bin",
  "/lib64": "usr/lib64",
  "/lib": "usr/lib",
  "/var/run": "../run",
  "/usr/bin/sh": "dash",
};

/** Users whom programs change to: Debian's tcpdump gives up root. */
const texts: Readonly<Record<string, string>> = {
  "/etc/passwd":
    "root:x:0:0:root:/root:/bin/dash\ntcpdump:x:100:100::/nonexistent:/usr/sbin/nologin\nsshd:x:101:65534::/run/sshd:/usr/sbin/nologin\n",
  "/etc/group": "root:x:0:\ntcpdump:x:100:\n",
  "/etc/shells": "/bin/sh\n/bin/bash\n/bin/dash\n",
  "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\nprotocols: files\n",
  "/etc/ssh/sshd_config": sshdConfig,
  // Devices that these modules make unasked would stand in the way of what dataplanes make.
  "/etc/modprobe.d/encaplab.conf": "options dummy numdummies=0\noptions bonding max_bonds=0\n",
  "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
};

/** Builds the image for a kernel, or finds it in the cache. */
export async function guestImage(host: Executor, cache: string, kernel: GuestKernel): Promise<GuestImage> {
  const programs = await guestPrograms(host, cache);
  const entries = await guestEntries(host, programs, kernel);
  const digest = digestOf(entries);
  const folder = await cached(cache, "images", digest, (half) =>
    writeFile(join(half, "initramfs.cpio"), cpioArchive(entries)),
  );
  return { digest, file: join(folder, "initramfs.cpio"), sources: [...programs.values()] };
}

async function guestEntries(host: Executor, programs: GuestFiles, kernel: GuestKernel): Promise<readonly CpioEntry[]> {
  const applets = await host.run([programs.get("/usr/bin/busybox") ?? "busybox", "--list"]);
  const taken = new Set([...programs.keys(), ...Object.keys(links)]);
  const names = [
    ...kmodNames.map((name) => [name, "kmod"] as const),
    ...applets.stdout
      .trim()
      .split("\n")
      .map((name) => [name, "busybox"] as const),
  ];
  const called = names.flatMap(([name, target]): readonly CpioEntry[] => {
    const path = `/usr/bin/${name}`;
    if (taken.has(path)) return [];
    taken.add(path);
    return [{ kind: "link", path, target }];
  });
  const modules = await tree(kernel.modules, `/usr/lib/modules/${kernel.release}`);
  return withFolders([
    ...Object.entries(links).map(([path, target]): CpioEntry => ({ kind: "link", path, target })),
    ...Object.entries(texts).map(([path, text]) => file(path, 0o644, Buffer.from(text))),
    ...(await Promise.all([...programs].map(async ([path, from]) => file(path, 0o755, await readFile(from))))),
    ...(await Promise.all(guestData.map((path) => tree(path, path)))).flat(),
    ...modules,
    ...called,
    ...own(kernel),
  ]);
}

function own(kernel: GuestKernel): readonly CpioEntry[] {
  return [
    file("/init", 0o755, Buffer.from(guestInit())),
    file("/usr/lib/encaplab/reseed", 0o755, reseedProgram()),
    file("/usr/lib/encaplab/modules", 0o644, Buffer.from(kernel.bootModules.join("\n") + "\n")),
    // The kernel opens it for the first process before that can mount anything.
    { kind: "device", path: "/dev/console", mode: 0o600, major: 5, minor: 1 },
  ];
}

function file(path: string, mode: number, content: Uint8Array): CpioEntry {
  return { kind: "file", path, mode, content };
}

/** A file or all files of a folder on this host; nothing where there is none. */
async function tree(from: string, to: string): Promise<readonly CpioEntry[]> {
  const found = await stat(from).catch(() => undefined);
  if (found === undefined) return [];
  if (found.isFile()) return [file(to, 0o644, await readFile(from))];
  const below = await filesBelow(from);
  return Promise.all(below.map(async (name) => file(join(to, name), 0o644, await readFile(join(from, name)))));
}

/** Adds every folder that an entry lies in. Temporary ones are open to all, the keys' ones to root alone. */
function withFolders(entries: readonly CpioEntry[]): readonly CpioEntry[] {
  const paths = new Set(folders.filter((path) => !(path in links) && !path.startsWith("/lib/")));
  for (const { path } of entries) {
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) paths.add(path.slice(0, at));
  }
  const made = [...paths].map((path): CpioEntry => ({ kind: "folder", path, mode: modeOf(path) }));
  return [...made, ...entries];
}

function modeOf(path: string): number {
  if (path === "/tmp" || path === "/var/tmp") return 0o1777;
  return path === "/root" || path === "/root/.ssh" || path === "/etc/ssh" ? 0o700 : 0o755;
}

function digestOf(entries: readonly CpioEntry[]): string {
  const hash = createHash("sha256");
  for (const entry of entries) {
    const { kind, path } = entry;
    hash.update(JSON.stringify({ ...entry, kind, path, content: undefined }));
    if (entry.kind === "file") hash.update(String(entry.content.length)).update(entry.content);
  }
  return hash.digest("hex").slice(0, 16);
}

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Executor } from "../exec/executor.ts";
import { cached } from "../core/cache.ts";
import { baseEntries, baseLinks, groupFile, nameSwitchFile } from "./base-tree.ts";
import { cpioArchive } from "./cpio.ts";
import { guestInit, sshdConfig } from "./guest-init.ts";
import { hostPrograms, type ProgramFiles, type WantedProgram } from "./host-programs.ts";
import { appletLinks, copied, digestOf, file, withFolders, type TreeEntry } from "./root-tree.ts";
import { kmodNames } from "./guest-tools.ts";
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

/** Users whom programs change to: Debian's tcpdump gives up root. */
const texts: Readonly<Record<string, string>> = {
  "/etc/passwd":
    "root:x:0:0:root:/root:/bin/dash\ntcpdump:x:100:100::/nonexistent:/usr/sbin/nologin\nsshd:x:101:65534::/run/sshd:/usr/sbin/nologin\n",
  "/etc/group": groupFile,
  "/etc/shells": "/bin/sh\n/bin/bash\n/bin/dash\n",
  "/etc/nsswitch.conf": nameSwitchFile,
  "/etc/ssh/sshd_config": sshdConfig,
  // Devices that these modules make unasked would stand in the way of what dataplanes make.
  "/etc/modprobe.d/encaplab.conf": "options dummy numdummies=0\noptions bonding max_bonds=0\n",
  "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
};

/** Builds the image for a kernel, or finds it in the cache. */
export async function guestImage(
  host: Executor,
  cache: string,
  kernel: GuestKernel,
  tools: readonly WantedProgram[],
): Promise<GuestImage> {
  const programs = await hostPrograms(host, cache, tools);
  const entries = await guestEntries(host, programs, kernel);
  const digest = digestOf(entries);
  const folder = await cached(cache, "images", digest, (half) =>
    writeFile(join(half, "initramfs.cpio"), cpioArchive(entries)),
  );
  return { digest, file: join(folder, "initramfs.cpio"), sources: [...programs.values()] };
}

async function guestEntries(
  host: Executor,
  programs: ProgramFiles,
  kernel: GuestKernel,
): Promise<readonly TreeEntry[]> {
  const taken = new Set([
    ...programs.keys(),
    ...Object.keys(baseLinks),
    ...kmodNames.map((name) => `/usr/bin/${name}`),
  ]);
  const modules = await copied(kernel.modules, `/usr/lib/modules/${kernel.release}`);
  const entries = [
    ...(await baseEntries(programs, texts)),
    ...modules,
    ...kmodNames.map((name): TreeEntry => ({ kind: "link", path: `/usr/bin/${name}`, target: "kmod" })),
    ...(await appletLinks(host, programs, taken)),
    ...own(kernel),
  ];
  const bare = folders.filter((path) => !(path in baseLinks) && !path.startsWith("/lib/"));
  return withFolders(entries, bare, { "/root": 0o700, "/root/.ssh": 0o700, "/etc/ssh": 0o700 });
}

function own(kernel: GuestKernel): readonly TreeEntry[] {
  return [
    file("/init", 0o755, Buffer.from(guestInit())),
    file("/usr/lib/encaplab/reseed", 0o755, reseedProgram()),
    file("/usr/lib/encaplab/modules", 0o644, Buffer.from(kernel.bootModules.join("\n") + "\n")),
    // The kernel opens it for the first process before that can mount anything.
    { kind: "device", path: "/dev/console", mode: 0o600, major: 5, minor: 1 },
  ];
}

import type { Readable } from "node:stream";
import type { Executor } from "../exec/executor.ts";
import { baseEntries, baseLinks, groupFile, nameSwitchFile } from "./base-tree.ts";
import { hostPrograms } from "./host-programs.ts";
import { appletLinks, digestOf, withFolders, type TreeEntry } from "./root-tree.ts";
import { guestData, guestTools } from "./guest-tools.ts";
import { recalled } from "../core/recall.ts";
import { tarArchive } from "./tar.ts";

/** Programs that a container needs: a guest's, but for loading modules and being logged into. */
export const agentTools = guestTools.filter(({ program }) => program !== "kmod" && program !== "sshd");

const folders = ["/dev", "/proc", "/sys", "/run", "/tmp", "/var", "/var/tmp", "/root", "/etc", "/usr/lib64"];

/** Users whom programs change to: Debian's tcpdump gives up root. */
const texts: Readonly<Record<string, string>> = {
  "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\ntcpdump:x:100:100::/nonexistent:/usr/sbin/nologin\n",
  "/etc/group": groupFile,
  "/etc/nsswitch.conf": nameSwitchFile,
};

/** Digest of the image that this host's programs make; asked again only when one of them has changed. */
export function hostImageDigest(host: Executor, cache: string): Promise<string> {
  const recipe = ["agent image", agentTools, folders, baseLinks, texts, guestData];
  return recalled(cache, JSON.stringify(recipe), async () => {
    const { entries, sources } = await hostTree(host, cache);
    return { value: digestOf(entries), sources };
  });
}

/** The root file system made of this host's programs, as a tar archive. */
export async function hostImageArchive(host: Executor, cache: string): Promise<Readable> {
  return tarArchive((await hostTree(host, cache)).entries);
}

async function hostTree(
  host: Executor,
  cache: string,
): Promise<{ readonly entries: readonly TreeEntry[]; readonly sources: readonly string[] }> {
  const programs = await hostPrograms(host, cache, agentTools);
  const taken = new Set([...programs.keys(), ...Object.keys(baseLinks)]);
  const entries = [...(await baseEntries(programs, texts)), ...(await appletLinks(host, programs, taken))];
  return { entries: withFolders(entries, folders), sources: [...programs.values()] };
}

import { guestData } from "./guest-tools.ts";
import type { ProgramFiles } from "./host-programs.ts";
import { copied, file, onePrefixLinks, programEntries, type TreeEntry } from "./root-tree.ts";

/** Links that every root file system of ours has. */
export const baseLinks: Readonly<Record<string, string>> = { ...onePrefixLinks, "/usr/bin/sh": "dash" };

/** Groups of users whom programs change to: Debian's tcpdump gives up root. */
export const groupFile = "root:x:0:\ntcpdump:x:100:\n";

/** Names are looked up in files alone: nothing here has a name server. */
export const nameSwitchFile = "passwd: files\ngroup: files\nhosts: files\nprotocols: files\n";

/** What guests and containers have in common: links, texts, programs of this host and the data that they read. */
export async function baseEntries(
  programs: ProgramFiles,
  texts: Readonly<Record<string, string>>,
): Promise<readonly TreeEntry[]> {
  return [
    ...Object.entries(baseLinks).map(([path, target]): TreeEntry => ({ kind: "link", path, target })),
    ...Object.entries(texts).map(([path, text]) => file(path, 0o644, Buffer.from(text))),
    ...(await programEntries(programs)),
    ...(await Promise.all(guestData.map((path) => copied(path, path)))).flat(),
  ];
}

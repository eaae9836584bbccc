import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../core/errors.ts";
import { shellQuote } from "../exec/quote.ts";
import { isRun } from "./is-run.ts";

/** Names of files that tcpdump, dumpcap and Wireshark write, packed or not, and those that tcpdump -C and -W number. */
const captureName = /\.(pcap|pcapng|cap|dmp)\d*(\.gz)?$/i;

/** Refuses what `explain` was given where it is neither a capture, nor a run, nor a bundle: each with what would be one. */
export async function refuseReference(reference: string, second: string | undefined, out: string): Promise<void> {
  if (reference === "-" || (await isRun(reference, out))) return;
  const status = await stat(reference).catch((error: unknown) => (error as NodeJS.ErrnoException).code);
  if (status === "ENOENT") {
    throw new UsageError(`there is no file ${shellQuote([reference])}, and no run of that id`, {
      where: out,
      fix: "give the path of a capture or of a bundle of diagnostics, or the id of a run, or latest",
    });
  }
  if (typeof status === "string" || status === undefined) return;
  if (second !== undefined) {
    const both = shellQuote([reference, second]);
    throw new UsageError(`explain reads one capture at a time; ${second} would name a path of a run`, {
      fix: `put captures together first: mergecap -w all.pcapng ${both}; then explain all.pcapng`,
    });
  }
  if (status.isDirectory()) await refuseFolderOfCaptures(reference);
}

/** A folder is taken for a bundle, which has folders or objects of the cluster in it; one with captures alone is none. */
async function refuseFolderOfCaptures(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.flatMap(({ name }) => (captureName.test(name) ? [name] : [])).sort();
  const [first] = names;
  if (first === undefined || entries.some((entry) => entry.isDirectory() || /\.ya?ml$/.test(entry.name))) return;
  const those = names.length === 1 ? "a capture" : `${names.length} captures`;
  throw new UsageError(`this is a folder with ${those} in it, and explain reads one file`, {
    where: folder,
    fix:
      `name one: explain ${shellQuote([join(folder, first)])}` +
      (names.length === 1 ? "" : "; or put them together: mergecap -w all.pcapng FILES"),
  });
}

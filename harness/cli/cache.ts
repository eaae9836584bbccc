import { InvalidArgumentError, Option, type Command } from "commander";
import { listStored, removeUnused, type Stored } from "../core/stored.ts";
import { defaultCacheFolder } from "../core/cache-folder.ts";
import { refuseOtherThanFolder } from "./refuse-other-than-folder.ts";
import { teach, type Example } from "./teach.ts";

/** Days after which something that no run has used counts as not needed any more. */
export const keptDays = 30;

/** Folder for kernels, guest images and saved states, unless another is given. */
export const defaultCache = defaultCacheFolder();

interface CacheOptions {
  readonly cache: string;
  readonly prune?: number | true;
  readonly json?: boolean;
}

const usage = "npm run lab -- cache [options]";

const examples: readonly Example[] = [
  ["npm run lab -- cache", "what is there, how large, and when it was last used"],
  ["npm run lab -- cache --prune", `remove what no run has used for ${keptDays} days`],
  ["npm run lab -- cache --prune 0", "remove everything; the next run makes again what it needs"],
];

/** `cache`: what runs keep for later runs, and how to get rid of it. */
export function addCache(program: Command): void {
  const command = program
    .command("cache")
    .description(
      "show what is cached between runs (kernels, guest images, saved machine states); --prune removes old entries",
    );
  teach(command, usage, examples)
    .addOption(new Option("--cache <dir>", "the folder").default(defaultCache, "~/.cache/encaplab"))
    .addOption(
      new Option(
        "--prune [days]",
        `remove what no run has used for this many days (${keptDays}); 0 removes everything that no run is building`,
      ).argParser(parseDays),
    )
    .option("--json", "print JSON instead of text")
    .action(async ({ cache, prune, json }: CacheOptions) => {
      await refuseOtherThanFolder("--cache", cache);
      const days = prune === true ? keptDays : prune;
      const since = new Date(Date.now() - (days ?? 0) * 86_400_000);
      const stored = days === undefined ? await listStored(cache) : await removeUnused(cache, since);
      if (json === true) console.log(JSON.stringify({ cache, removed: days !== undefined, stored }, undefined, 2));
      else console.log([...stored.map(row), summary(stored, cache, days)].join("\n"));
    });
}

/** Sizes for people: `1.2 GB`, `35 MB`. */
export function sizeText(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;
}

/** Bytes of all. */
export function sizeOfAll(stored: readonly Stored[]): number {
  return stored.reduce((sum, { bytes }) => sum + bytes, 0);
}

function row({ name, bytes, used, isHalfMade }: Stored): string {
  const when = isHalfMade ? "left incomplete by a run that died" : `last used ${used.toISOString().slice(0, 10)}`;
  return `${sizeText(bytes).padStart(8)}  ${name}  (${when})`;
}

function summary(stored: readonly Stored[], cache: string, days: number | undefined): string {
  if (days !== undefined) return `removed ${stored.length} cached items in ${cache}, ${sizeText(sizeOfAll(stored))}`;
  const advice =
    stored.length === 0 ? "" : `; npm run lab -- cache --prune removes what has not been used for ${keptDays} days`;
  return `${sizeText(sizeOfAll(stored))} in ${cache}${advice}`;
}

function parseDays(text: string): number {
  const days = Number(text);
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("write a number of days.");
  return days;
}

import type { Command } from "commander";
import { UsageError } from "../core/errors.ts";
import { removeAbandoned, removeOrphanFolders } from "../lab/remove-lab.ts";
import type { LabRef } from "../lab/lab.ts";
import { findLabs, labsNamed, type FoundLab } from "../run/find-labs.ts";
import { searchedFor } from "./searched-for.ts";
import { tellBlindSpots } from "./blind-spots.ts";
import { teach, type Example } from "./teach.ts";
import { addSearchOptions, type SearchOptions } from "./lab-options.ts";

interface DownOptions extends SearchOptions {
  readonly stale?: boolean;
  readonly all?: boolean;
}

const usage = "npm run lab -- down [lab] [options]";

const examples: readonly Example[] = [
  ["npm run lab -- down", "the lab that is up"],
  ["npm run lab -- down 7f3kq", "one of several, or all labs of this run"],
  ["npm run lab -- down --stale", "what killed runs left behind, and only that"],
];

/** `down`: removes a lab that was left up, or everything that dead runs left behind. */
export function addDown(program: Command): void {
  const command = program
    .command("down")
    .description("remove a lab that was left up; --stale removes what killed runs left behind, and only that")
    .argument(
      "[lab]",
      "as `status` prints it, or a run, which is all labs of it; needed only when several labs are up",
    );
  teach(command, usage, examples)
    .option("--stale", "remove leftovers of runs whose owner is dead")
    .option("--all", "remove every lab on this machine, including those of active runs");
  addSearchOptions(command).action(async (id: string | undefined, options: DownOptions) => {
    const providers = await searchedFor(options);
    const labs = await findLabs(providers);
    if (id === undefined) await tellBlindSpots(providers);
    const chosen = choose(labs, id, options);
    const abandoned = options.stale === true && id === undefined ? await clearAbandoned(labs) : 0;
    if (chosen.length + abandoned === 0) console.log(options.stale === true ? "nothing stale" : "no lab is up");
    if (options.stale === true) tellUnreadable(labs);
    for (const { provider, ref } of chosen) {
      if (options.stale === true && !(await isStillStale(provider, ref))) {
        console.log(`left alone ${ref.runId} (${provider.name}): it is no longer stale`);
        continue;
      }
      await provider.destroy(ref);
      console.log(`removed ${ref.runId} (${provider.name}, ${ref.state}): ${summary(ref)}`);
    }
  });
}

function choose(labs: readonly FoundLab[], id: string | undefined, options: DownOptions): readonly FoundLab[] {
  if (id !== undefined && options.all === true) {
    throw new UsageError(`--all removes every lab, and ${id} names one`, { fix: "give one of the two" });
  }
  if (options.all === true) return labs;
  if (id === undefined && options.stale === true) return labs.filter(({ ref }) => ref.state === "stale");
  if (id !== undefined) {
    const named = labsNamed(labs, id);
    const living = named.find(({ ref }) => ref.state !== "stale");
    if (options.stale === true && living !== undefined) {
      throw new UsageError(`lab ${living.ref.runId} is not stale but ${living.ref.state}`, {
        fix: "leave --stale out to remove it",
      });
    }
    return named;
  }
  const kept = labs.filter(({ ref }) => ref.state === "kept");
  if (new Set(kept.map(({ ref }) => ref.runId)).size > 1) {
    const ids = kept.map(({ ref }) => ref.runId).join(", ");
    throw new UsageError(`several labs are up: ${ids}`, { fix: "name one: npm run lab -- down <id>, or --all" });
  }
  return kept;
}

/** Ends what killed commands left running in labs that stay; returns how many things went. */
async function clearAbandoned(labs: readonly FoundLab[]): Promise<number> {
  const folders = await removeOrphanFolders();
  for (const folder of folders) console.log(`removed ${folder}, left behind by a killed script`);
  let count = folders.length;
  for (const { ref } of labs.filter(({ ref: { state } }) => state !== "stale")) {
    const gone = await removeAbandoned(ref.runId, ref.ownerPid ?? process.pid);
    count += gone.length;
    if (gone.length === 0) continue;
    const programs = [...new Set(gone.map(({ command }) => command.split(" ")[0] ?? ""))].join(", ");
    console.log(`ended ${gone.length} processes of a killed command in ${ref.runId}, which stays: ${programs}`);
  }
  return count;
}

/** Labs that may be kept ones are left, and named: only a person can tell. */
function tellUnreadable(labs: readonly FoundLab[]): void {
  for (const { provider, ref } of labs.filter(({ ref: { state } }) => state === "unreadable")) {
    console.log(
      `left alone ${ref.runId} (${provider.name}): its label cannot be read (${ref.unreadable ?? "no reason given"}), so it may be a lab to keep; to remove it: npm run lab -- down ${ref.runId}`,
    );
  }
}

/** Looks again right before the removal: a lab may have been labeled, or its owner found, since. */
async function isStillStale(provider: FoundLab["provider"], { runId }: LabRef): Promise<boolean> {
  return (await provider.discover()).some((ref) => ref.runId === runId && ref.state === "stale");
}

function summary(ref: LabRef): string {
  const shown = ref.parts.slice(0, 4).join(", ");
  return ref.parts.length > 4 ? `${shown} and ${String(ref.parts.length - 4)} more` : shown;
}

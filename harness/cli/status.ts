import type { Command } from "commander";
import { abandonedProcesses } from "../lab/leftovers.ts";
import { findLabs, labsNamed, type FoundLab } from "../run/find-labs.ts";
import { searchedProviders } from "../provider/registry.ts";
import { runOfLab } from "../core/run-id.ts";
import { counted } from "../verify/words.ts";
import { reachWords } from "./reach-words.ts";
import { searchedFor } from "./searched-for.ts";
import { tellBlindSpots } from "./blind-spots.ts";
import { teach, type Example } from "./teach.ts";
import { addSearchOptions, type SearchOptions } from "./lab-options.ts";

const usage = "npm run lab -- status [lab] [options]";

const examples: readonly Example[] = [
  ["npm run lab -- status", "every lab of this machine, whether it stays, and what is left of killed runs"],
  ["npm run lab -- status 7f3kq", "one of them, or the labs of this run"],
  ["npm run lab -- status --inventory FILE", "also those on machines over ssh"],
];

/** `status`: the labs and leftovers of this machine. */
export function addStatus(program: Command): void {
  const command = program
    .command("status")
    .description("list labs that are up, and leftovers of runs that were killed")
    .argument("[lab]", "only this lab, or the labs of this run");
  teach(command, usage, examples).option("--json", "print JSON instead of text");
  addSearchOptions(command).action(async (id: string | undefined, options: SearchOptions & { json?: boolean }) => {
    const providers = await searchedFor(options);
    const reach = reachWords(searchedProviders(options.provider, { ...options }), { ...options });
    const found = await findLabs(providers);
    const labs = id === undefined ? found : labsNamed(found, id);
    if (id === undefined) await tellBlindSpots(providers);
    if (options.json === true) {
      const told = labs.map(({ ref }) => ({ ...ref, run: runOfLab(ref.runId) }));
      console.log(JSON.stringify(told, undefined, 2));
      return;
    }
    if (labs.length === 0) console.log("no lab is up, and there are no leftovers");
    for (const line of table(labs)) console.log(line);
    for (const { ref } of labs.filter(({ ref: { state } }) => state === "unreadable")) {
      console.log(
        `label of ${ref.runId} cannot be read, so it may be a lab to keep: ${ref.unreadable ?? "no reason given"}; to remove it: npm run lab -- down ${ref.runId}${reach}`,
      );
    }
    const abandoned = await abandonedIn(labs);
    for (const line of abandoned) console.log(line);
    if (abandoned.length > 0 || labs.some(({ ref }) => ref.state === "stale"))
      console.log(`remove leftovers: npm run lab -- down --stale${reach}`);
  });
}

/** One line per lab; one that stands beside a run's first says whose it is. */
function table(labs: readonly FoundLab[]): readonly string[] {
  const [id, provider, state] = [
    Math.max(...labs.map(({ ref }) => ref.runId.length)),
    Math.max(...labs.map(({ ref }) => ref.provider.length)),
    Math.max(...labs.map(({ ref }) => ref.state.length)),
  ];
  return labs.map(({ ref }) => {
    const run = runOfLab(ref.runId);
    const words = [
      ref.runId.padEnd(id),
      ref.provider.padEnd(provider),
      ref.state.padEnd(state),
      ...(run === ref.runId ? [] : [`of run ${run}`]),
      ...(ref.label === undefined ? [] : [`${ref.label.mode ?? "no mode"} on ${ref.label.topology}`]),
      `(${counted(ref.parts.length, "part")})`,
    ];
    return words.join("  ");
  });
}

/** One line per lab that stays in which a killed command left something running. */
async function abandonedIn(labs: readonly FoundLab[]): Promise<readonly string[]> {
  const lines = await Promise.all(
    labs
      .filter(({ ref }) => ref.state !== "stale")
      .map(async ({ ref }) => {
        const { length } = await abandonedProcesses(ref.runId, ref.ownerPid ?? process.pid);
        return length === 0 ? [] : [`${ref.runId}  ${length} processes of a killed command still run in it`];
      }),
  );
  return lines.flat();
}

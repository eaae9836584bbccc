import { InvalidArgumentError, Option, type Command } from "commander";
import { UsageError } from "../core/errors.ts";
import type { Profile } from "../encap/enumerate.ts";
import { parseCostLimit, type CostLimit } from "../measure/limit.ts";
import type { Compared } from "../measure/measure-network.ts";
import { measuringProfiles } from "../measure/profiles.ts";
import { loadRun } from "../report/store.ts";
import type { MeasuringChoice } from "../run/order.ts";
import { helpGroups } from "./help-groups.ts";

/** Options that say how costs are measured, and which gates they must pass. */
export interface MeasuringOptions {
  readonly compare: Compared;
  readonly maxCost: CostLimit[];
  readonly baseline?: string;
  readonly maxWorse: number;
  readonly untilWithin?: number;
  readonly timeLimit?: number;
  readonly seed?: number;
}

/** Adds the options that say how costs are measured, and which gates they must pass. */
export function addMeasuringOptions(command: Command): Command {
  return command
    .optionsGroup(helpGroups.costs)
    .addOption(
      new Option(
        "--compare <what>",
        "measure against plain packets on the same wires, or the mode against itself (A/A)",
      )
        .choices(["plain", "self"])
        .default("plain"),
    )
    .addOption(
      new Option(
        "--max-cost <limit>",
        "fail if a cost is above the limit beyond doubt: vxlan/cross-subnet/throughput=15%; repeatable",
      )
        .argParser((text, before: CostLimit[]) => [...before, parseCostLimit(text)])
        .default([], "no limit"),
    )
    .option("--baseline <run>", "fail if a cost is worse than in this run beyond doubt, by more than --max-worse")
    .addOption(
      new Option("--max-worse <percent>", "how much worse than the baseline run a cost may be")
        .argParser(parsePercent)
        .default(0.1, "10%"),
    )
    .addOption(
      new Option("--until-within <percent>", "signoff: build labs until each interval of throughput is this narrow")
        .argParser(parsePercent)
        .default(undefined, "2% to each side"),
    )
    .addOption(
      new Option("--time-limit <minutes>", "signoff: end measuring after this time, however wide intervals are")
        .argParser(parseMinutes)
        .default(undefined, "60"),
    )
    .addOption(seedOption());
}

/** Repeats what another run drew. */
export function seedOption(): Option {
  return new Option(
    "--seed <number>",
    "draw pods, ports, sizes and the order of samples as the run did that printed this number",
  )
    .argParser(parseSeed)
    .helpGroup(helpGroups.prove);
}

/** How a verb measures that has no such options: against plain packets, without gates. */
export function plainMeasuring(seed: number = drawnSeed()): MeasuringChoice {
  return { compared: "plain", seed, limits: [] };
}

/** What the options ask for. UsageError where a gate could never tell. */
export async function measuringChoice(
  options: MeasuringOptions & { readonly out: string; readonly throughput: boolean; readonly profile: Profile },
): Promise<MeasuringChoice> {
  const { compare, maxCost, baseline, maxWorse, seed = drawnSeed() } = options;
  if (maxCost.length > 0) requireSamples("--max-cost", options);
  const choice = { compared: compare, seed, limits: maxCost, ...signoffProfile(options) };
  if (baseline === undefined) return choice;
  requireSamples("--baseline", options);
  const { record } = await loadRun(baseline, options.out);
  const { id, costs = [] } = record;
  if (costs.every(({ interval }) => interval === undefined))
    throw new UsageError(`run ${id} has no costs with confidence intervals, so it cannot be the baseline`, {
      fix: "measure the baseline with --profile full",
    });
  return { ...choice, baseline: { run: { id, costs }, most: maxWorse } };
}

/** Signoff with another target or time limit than its own. */
function signoffProfile({
  profile,
  untilWithin,
  timeLimit,
}: Pick<MeasuringOptions, "untilWithin" | "timeLimit"> & { readonly profile: Profile }): Pick<
  MeasuringChoice,
  "profile"
> {
  if (untilWithin === undefined && timeLimit === undefined) return {};
  const { until, ...signoff } = measuringProfiles.signoff;
  if (profile !== "signoff" || until === undefined) {
    const flag = untilWithin === undefined ? "--time-limit" : "--until-within";
    throw new UsageError(`${flag} is for --profile signoff: ${profile} takes a fixed number of samples`, {
      fix: "add --profile signoff, or leave it out",
    });
  }
  const { halfWidth, mostMinutes } = until;
  return {
    profile: { ...signoff, until: { halfWidth: untilWithin ?? halfWidth, mostMinutes: timeLimit ?? mostMinutes } },
  };
}

function requireSamples(flag: string, { throughput, profile }: { throughput: boolean; profile: Profile }): void {
  if (!throughput)
    throw new UsageError(`${flag} with --no-throughput: nothing would be measured`, { fix: "leave one of them out" });
  if (profile === "quick")
    throw new UsageError(`${flag} needs more samples than --profile quick takes`, { fix: "add --profile full" });
}

/** "15%" or "15" as a fraction. */
function parsePercent(text: string): number {
  const match = /^(\d+(?:\.\d+)?)%?$/.exec(text);
  if (match === null) throw new InvalidArgumentError("write a percentage like 10%.");
  return Number(match[1]) / 100;
}

function parseMinutes(text: string): number {
  if (!/^\d{1,4}(\.\d+)?$/.test(text)) throw new InvalidArgumentError("write minutes like 60.");
  return Number(text);
}

function parseSeed(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("write a whole number of at most nine digits.");
  return Number(text);
}

function drawnSeed(): number {
  return Math.floor(Math.random() * 1e9);
}

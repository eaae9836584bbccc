import { InvalidArgumentError, Option, type Command } from "commander";
import { helpGroups } from "./help-groups.ts";
import { parseModes } from "../encap/mode-words.ts";
import type { Mode } from "../encap/mode.ts";
import { splitWords } from "../core/flags.ts";
import { loadTopology } from "../topology/load.ts";
import { planTopology } from "../topology/make-plan.ts";
import type { Plan } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";
import { parseShard, profiles, type Profile } from "../encap/enumerate.ts";

/** Options that say which modes on which lab. */
export interface ModeOptions {
  readonly mode: string[];
  readonly encap: "ipip" | "vxlan" | "all";
  readonly topology: string;
  readonly family?: "4" | "6" | "dual";
}

/** Options that say which paths. */
export interface PathOptions {
  readonly paths: string[];
  readonly profile: Profile;
  readonly shard?: string;
}

/** Options that say what to run; shared by suite, list and up. */
export interface ScenarioOptions extends ModeOptions, PathOptions {}

/** What `--topology` is unless it is given. */
export const defaultTopology = "two-racks";

/** Adds the options that say what to run. */
export function addScenarioOptions(command: Command): Command {
  return addPathOptions(addModeOptions(command));
}

/** Adds the options that say which modes on which lab. */
export function addModeOptions(command: Command): Command {
  return command
    .optionsGroup(helpGroups.prove)
    .addOption(
      new Option(
        "--mode <words>",
        "Always, CrossSubnet, Never, or IPIP, IPIPCrossSubnet, VXLAN, VXLANCrossSubnet, None, or all; any case, comma separated, repeatable",
      )
        .argParser(collect)
        .default([], "all"),
    )
    .addOption(
      new Option("--encap <name>", "narrows Always, CrossSubnet and Never")
        .choices(["ipip", "vxlan", "all"])
        .default("all"),
    )
    .option("--topology <file|name>", "a topology file, or the name of one in topologies/", defaultTopology)
    .addOption(
      new Option("--family <family>", "IP families; default: those of the topology").choices(["4", "6", "dual"]),
    );
}

function addPathOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--paths <pattern>", "only paths whose id matches (text or glob; ! negates; repeatable)")
        .argParser(collect)
        .default([], "all paths"),
    )
    .addOption(
      new Option("--profile <name>", "quick: a covering set of paths; full, signoff: every pair")
        .choices([...profiles])
        .default("quick"),
    )
    .option("--shard <i/n>", "only this shard of the paths, for CI workers");
}

/** The modes and the plan that the options ask for. */
export async function resolveScenario(
  options: ModeOptions & Partial<PathOptions>,
): Promise<{ modes: readonly Mode[]; plan: Plan }> {
  const modes = parseModes(options.mode.length === 0 ? ["all"] : options.mode, options.encap);
  // Read here too, so that a wrong one ends in an error before anything is built.
  if (options.shard !== undefined) parseShard(options.shard);
  const topology = await loadTopology(options.topology);
  return { modes, plan: planTopology(topology, familiesOf(options.family)) };
}

/** The families that `--family` names; undefined = those of the topology. */
export function familiesOf(family: ModeOptions["family"]): Family[] | undefined {
  if (family === undefined) return undefined;
  return family === "dual" ? [4, 6] : [family === "4" ? 4 : 6];
}

/** Collects a repeatable, comma-separated option. */
export function collect(value: string, before: string[]): string[] {
  try {
    return [...before, ...splitWords(value)];
  } catch (error) {
    throw error instanceof RangeError ? new InvalidArgumentError(error.message) : error;
  }
}

import { InvalidArgumentError, Option, type Command } from "commander";
import { helpGroups } from "./help-groups.ts";
import { parseModes } from "../encap/mode-words.ts";
import { poolsMode, type Mode } from "../encap/mode.ts";
import { splitWords } from "../core/flags.ts";
import { loadTopology } from "../topology/load.ts";
import { planTopology } from "../topology/make-plan.ts";
import type { Plan } from "../topology/plan.ts";
import type { Family, RouteOwner, Topology } from "../topology/topology.ts";
import { UsageError } from "../core/errors.ts";
import { parseShard, profiles, type Profile } from "../encap/enumerate.ts";

/** Options that say which modes on which lab. */
export interface ModeOptions {
  readonly mode: string[];
  readonly encap: "ipip" | "vxlan" | "all";
  readonly pools?: boolean;
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
        .default([], "all; on an existing cluster the mode that it is configured for"),
    )
    .addOption(
      new Option("--encap <name>", "narrows Always, CrossSubnet and Never")
        .choices(["ipip", "vxlan", "all"])
        .default("all"),
    )
    .option("--pools", "each pool in the mode that the topology gives it, several encapsulations in one lab")
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
  options: ModeOptions & Partial<PathOptions> & { readonly routeOwner?: RouteOwner },
): Promise<{ modes: readonly Mode[]; plan: Plan }> {
  const named = parseModes(options.mode.length === 0 ? ["all"] : options.mode, options.encap);
  // Read here too, so that a wrong one ends in an error before anything is built.
  if (options.shard !== undefined) parseShard(options.shard);
  const topology = await loadTopology(options.topology);
  const modes = hasOwnModes(topology, options) ? [poolsMode] : named;
  return { modes, plan: planTopology(withOwner(topology, modes, options.routeOwner), familiesOf(options.family)) };
}

/** The topology with who makes the routes as the command line declares it. */
function withOwner(topology: Topology, modes: readonly Mode[], routeOwner: RouteOwner | undefined): Topology {
  if (routeOwner === undefined) return topology;
  if (modes.every(({ encapsulation }) => encapsulation === "vxlan"))
    throw new UsageError("--route-owner does nothing with VXLAN, whose routes are always Felix's", {
      fix: "leave it out, or name a mode with IPIP or without encapsulation",
    });
  return { ...topology, routeOwner };
}

/** Whether each pool is in a mode of its own, which no mode for all of them goes with. */
function hasOwnModes({ name, pools }: Topology, { mode, pools: asked = false }: ModeOptions): boolean {
  const own = pools.some(({ encapsulation }) => encapsulation !== undefined);
  const both = mode.length > 0 ? `--mode ${mode.join(",")} puts all pools into one mode` : undefined;
  if (asked && both !== undefined) {
    throw new UsageError(`${both}, --pools each into its own`, { fix: "give one of the two" });
  }
  if (own && both !== undefined) {
    throw new UsageError(`${both}, but topology ${name} gives each pool one of its own`, {
      fix: "leave --mode out, or take encapsulation out of the topology's pools",
    });
  }
  if (asked && !own) {
    throw new UsageError(`--pools: topology ${name} does not say which mode each pool is in`, {
      fix: "give each of its pools an encapsulation, or see --topology mixed-encapsulations",
    });
  }
  return own;
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

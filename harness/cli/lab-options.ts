import { Option, type Command } from "commander";
import type { Flag } from "../core/flags.ts";
import { dataplaneNames, dataplaneOffers } from "../dataplane/registry.ts";
import { providerNames, providerOffers } from "../provider/registry.ts";
import { helpGroups } from "./help-groups.ts";
import { toOption } from "./to-option.ts";

/** Options that say on what to run; those of single providers and dataplanes are known to their owners alone. */
export interface LabOptions {
  readonly provider: string;
  readonly dataplane: string;
  readonly cache?: string;
}

/** Options that say where labs that are up may be found. */
export type SearchOptions = Pick<LabOptions, "provider">;

/** The option that says what puts a mode into effect. */
const oneDataplane = (): Option =>
  new Option("--dataplane <name>", "what puts the mode into effect; auto is real Calico where one is given")
    .choices(dataplaneNames)
    .default("auto");

/** Adds the options that say on what to run; a command that takes more than one dataplane says so by an option of its own. */
export function addLabOptions(command: Command, dataplane: Option = oneDataplane()): Command {
  const provider = providerOption("what makes the nodes; auto takes the cheapest that can do the mode and says why");
  const cache = new Option(
    "--cache <dir>",
    "folder for kernels, guest images and saved machine states (default ~/.cache/encaplab)",
  );
  for (const option of [provider, dataplane, cache]) command.addOption(option.helpGroup(helpGroups.lab));
  return addDataplaneFlags(addProviderFlags(command, () => true));
}

/** Adds the options that say where labs that are up may be found. */
export function addSearchOptions(command: Command): Command {
  command.addOption(providerOption("only labs of this provider"));
  return addProviderFlags(command, (key, reachedBy) => reachedBy.includes(key));
}

/** Adds `--provider` and the flags of all providers. */
export function addProviderOptions(command: Command, help: string): Command {
  return addProviderFlags(command.addOption(providerOption(help)), () => true);
}

/** Adds the flags of dataplanes for labs that are no clusters: for a lab that is up, whose provider is known. */
export function addDataplaneFlags(command: Command): Command {
  for (const { flags, group } of dataplaneOffers) addFlags(command, Object.entries(flags), helpGroups[group]);
  return command;
}

function providerOption(help: string): Option {
  return new Option("--provider <name>", help).choices(providerNames).default("auto").helpGroup(helpGroups.lab);
}

function addProviderFlags(command: Command, wanted: (key: string, reachedBy: readonly string[]) => boolean): Command {
  for (const { flags, group, reachedBy = [] } of providerOffers) {
    const own = Object.entries(flags).filter(([key]) => wanted(key, reachedBy));
    addFlags(command, own, helpGroups[group]);
  }
  return command;
}

/** A flag of several owners is one option. */
function addFlags(command: Command, flags: readonly (readonly [string, Flag<unknown>])[], group: string): void {
  for (const [key, flag] of flags) {
    const option = toOption(key, flag, group);
    if (!command.options.some(({ long }) => long === option.long)) command.addOption(option);
  }
}

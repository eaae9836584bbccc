import { Option, type Command } from "commander";
import { longName, type Flag } from "../core/flags.ts";
import { dataplaneNames, dataplaneOffers } from "../dataplane/registry.ts";
import type { ProviderOffer } from "../provider/offer.ts";
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
  new Option("--dataplane <name>", "what implements the mode; auto is real Calico if one is given")
    .choices(dataplaneNames)
    .default("auto");

/** Adds the options that say on what to run; a command that takes more than one dataplane says so by an option of its own. */
export function addLabOptions(command: Command, dataplane: Option = oneDataplane()): Command {
  const provider = providerOption(
    "what provides the nodes; auto picks the cheapest that supports the mode and says why",
  );
  const cache = new Option(
    "--cache <dir>",
    "folder for kernels, guest images and saved machine states (default ~/.cache/encaplab)",
  );
  for (const option of [provider, dataplane, cache]) command.addOption(option.helpGroup(helpGroups.lab));
  return addFlagsOf([...providerOffers, ...dataplaneOffers], command, everyFlag);
}

/** Adds the options that say where labs that are up may be found. */
export function addSearchOptions(command: Command): Command {
  return addFlagsOf(providerOffers, command.addOption(providerOption("only labs of this provider")), flagsToReach);
}

/** Adds the options that a lab which is up needs to be judged. */
export function addAttachOptions(command: Command): Command {
  return addFlagsOf(dataplaneOffers, addSearchOptions(command), flagsToReach);
}

/** Adds `--provider` and the flags of all providers. */
export function addProviderOptions(command: Command, help: string): Command {
  return addFlagsOf(providerOffers, command.addOption(providerOption(help)), everyFlag);
}

type Offer = Pick<ProviderOffer, "flags" | "group" | "reachedBy">;

const everyFlag = ({ flags }: Offer): readonly string[] => Object.keys(flags);
const flagsToReach = ({ reachedBy = [] }: Offer): readonly string[] => reachedBy;

function providerOption(help: string): Option {
  return new Option("--provider <name>", help).choices(providerNames).default("auto").helpGroup(helpGroups.lab);
}

function addFlagsOf(offers: readonly Offer[], command: Command, wanted: (offer: Offer) => readonly string[]): Command {
  for (const offer of offers) {
    const own = Object.entries(offer.flags).filter(([key]) => wanted(offer).includes(key));
    addFlags(command, own, helpGroups[offer.group]);
  }
  return command;
}

/** A flag of several owners is one option. */
function addFlags(command: Command, flags: readonly (readonly [string, Flag<unknown>])[], group: string): void {
  for (const [key, flag] of flags) {
    const option = toOption(key, flag, group);
    if (command.options.some(({ long }) => long === option.long)) continue;
    command.addOption(option);
    if (flag.formerly !== undefined) addFormerName(command, flag.formerly, key, option);
  }
}

/** The name that a flag had before does the same, and says what it is called now. */
function addFormerName(command: Command, formerly: string, key: string, option: Option): void {
  const former = new FormerName(longName(formerly), `now ${longName(key)}`, option.attributeName()).hideHelp();
  command.addOption(former).on(`option:${former.name()}`, () => {
    process.stderr.write(`encaplab: ${longName(formerly)} is called ${longName(key)} now\n`);
  });
}

/** An option whose value goes to another's place. */
class FormerName extends Option {
  readonly #attribute: string;

  constructor(flags: string, description: string, attribute: string) {
    super(flags, description);
    this.#attribute = attribute;
  }

  override attributeName(): string {
    return this.#attribute;
  }
}

import { Option, type Command } from "commander";

/** Options that say on what to run. */
export interface ProviderOptions {
  readonly provider: "auto" | "netns" | "vm";
  readonly dataplane: "auto" | "reference";
}

/** Adds the options that say on what to run. */
export function addProviderOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--provider <name>", "what makes the nodes; auto takes the cheapest that can do the mode and says why")
        .choices(["auto", "netns", "vm"])
        .default("auto"),
    )
    .addOption(
      new Option("--dataplane <name>", "what puts the mode into effect").choices(["auto", "reference"]).default("auto"),
    );
}

import { Option, type Command } from "commander";
import { helpGroups } from "./help-groups.ts";

/** Adds the option that breaks the lab on purpose. */
export function addFaultOption(command: Command): Command {
  const help = "inject a known fault, to see the checks turn red (names: selftest --list)";
  return command.addOption(new Option("--fault <name>", help).helpGroup(helpGroups.prove));
}

import { Option, type Command } from "commander";
import { UsageError } from "../core/errors.ts";
import { faultNamed } from "../fault/fault-named.ts";
import type { Fault } from "../fault/fault.ts";
import type { Plan } from "../topology/plan.ts";
import { helpGroups } from "./help-groups.ts";

/** Adds the option that breaks the lab on purpose. */
export function addFaultOption(command: Command): Command {
  const help = "inject a known fault, to see the checks turn red (names: selftest --list)";
  return command.addOption(new Option("--fault <name>", help).helpGroup(helpGroups.prove));
}

/** What is to be wrong: the fault that is named, or the incident that the topology's file tells of. */
export function chosenFault(name: string | undefined, { topology }: Plan): { readonly fault?: Fault } {
  if (topology.incident === undefined) return name === undefined ? {} : { fault: faultNamed(name) };
  if (name === undefined || name === "incident") return { fault: faultNamed("incident") };
  throw new UsageError(`--fault ${name}: ${topology.source} has an incident of its own`, {
    fix: "leave the option out, or take the incident out of the file",
  });
}

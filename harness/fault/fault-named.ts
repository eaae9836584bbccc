import { didYouMean } from "../core/closest-name.ts";
import { UsageError } from "../core/errors.ts";
import type { Fault } from "./fault.ts";
import { incident } from "./incident.ts";
import { faults } from "./registry.ts";

/** The fault of that name, or a UsageError that lists all. */
export function faultNamed(name: string): Fault {
  const fault = [...faults, incident].find((candidate) => candidate.name === name);
  if (fault === undefined) {
    const names = faults.map((known) => known.name);
    throw new UsageError(`unknown fault "${name}"${didYouMean(name, names)}; known: ${names.join(", ")}`);
  }
  return fault;
}

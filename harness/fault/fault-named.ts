import { didYouMean } from "../core/closest-name.ts";
import { UsageError } from "../core/errors.ts";
import type { Fault } from "./fault.ts";
import { incident } from "./incident.ts";
import { faults } from "./registry.ts";

/** The fault of that name, or a UsageError that says where all are told. */
export function faultNamed(name: string): Fault {
  const fault = [...faults, incident].find((candidate) => candidate.name === name);
  if (fault === undefined) {
    const names = faults.map((known) => known.name);
    throw new UsageError(`unknown fault "${name}"${didYouMean(name, names)}`, {
      fix: `npm run lab -- selftest --list tells all ${names.length}`,
    });
  }
  return fault;
}

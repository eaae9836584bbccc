import type { Cause } from "../cause/cause.ts";
import type { Verdict } from "../verify/verdict.ts";
import { matchesTrip, type Fault, type Trip } from "./fault.ts";

/** What a run with a fault in it said. */
export interface FaultyRun {
  readonly verdicts: readonly Verdict[];
  readonly causes: readonly Cause[];
}

/**
 * What a run with a fault got wrong: verdicts that it must trip and did not, red ones that do not follow from it, a cause that was not
 * told first, and red verdicts that the causes leave unexplained. Empty where the fault is proven. Pure.
 */
export function judgeFault(fault: Fault, { verdicts, causes }: FaultyRun): readonly string[] {
  const red = verdicts.filter(({ status }) => status === "fail");
  return [
    ...fault.trips.filter((trip) => !verdicts.some((verdict) => isTripped(trip, verdict))).map(missedTrip),
    ...needlesslyRed(fault, red),
    ...wrongCause(fault, causes),
    ...(fault.cause === undefined || fault.cause === noCause ? [] : unexplained(red, causes)),
  ];
}

/** What stands for a cause where nothing on the wire fails. */
export const noCause = "none";

function isTripped(trip: Trip, { id, check, status, category }: Verdict): boolean {
  const same = check === trip.check && status === trip.status;
  return same && matchesTrip(trip, id) && (trip.category === undefined || trip.category === category);
}

function missedTrip({ check, status, path }: Trip): string {
  return `expected ${check} to be ${status} on ${path}`;
}

/** Checks that neither the fault's trips nor what follows from it name. */
function needlesslyRed({ trips, follows = [] }: Fault, red: readonly Verdict[]): readonly string[] {
  const due = new Set<string>([...trips.map(({ check }) => check), ...follows]);
  const others = red.filter(({ check }) => !due.has(check));
  return [...new Set(others.map(({ check }) => check))].map((check) => {
    const own = others.filter((verdict) => verdict.check === check);
    return `${check} is red too, on ${own[0]?.id ?? ""}${own.length > 1 ? ` and ${own.length - 1} more` : ""}: ${own[0]?.reason ?? ""}`;
  });
}

function wrongCause({ cause = noCause }: Fault, causes: readonly Cause[]): readonly string[] {
  const told = causes.map(({ name }) => name);
  const only = told.every((name) => name === cause);
  if (only && (cause === noCause || told.length > 0)) return [];
  return [`expected the cause ${cause} and no other, told ${told.join(", ") || "none"}`];
}

function unexplained(red: readonly Verdict[], causes: readonly Cause[]): readonly string[] {
  const explained = new Set(causes.flatMap(({ explains }) => explains));
  const left = red.filter(({ id }) => !explained.has(id));
  return left.length === 0
    ? []
    : [`${left.length} red verdicts are explained by no cause: ${left[0]?.check ?? ""} on ${left[0]?.id ?? ""}`];
}

import { LabError, type ErrorDetails } from "../core/errors.ts";
import type { Plan } from "../topology/plan.ts";

/** The error where a lab does not exist; `place` is where it was looked for. */
export function noSuchLab(runId: string, place: string): LabError {
  return new LabError(`there is no lab ${runId} ${place}`, { fix: "npm run lab -- status" });
}

/** Throws where a lab carries the digest of a plan, and it is not this one's. */
export function refuseOtherPlan(
  runId: string,
  builtFrom: { readonly digest: string } | undefined,
  { digest }: Plan,
  fix = "pass the topology that it was built from, or take it down and build it again",
): void {
  if (builtFrom === undefined || builtFrom.digest === digest) return;
  throw new LabError(`lab ${runId} was built from a different plan (${builtFrom.digest}, not ${digest})`, { fix });
}

/** The error where parts of a lab are gone: only its removal works still. */
export function incompleteLab(runId: string, lack: string, details: ErrorDetails = {}): LabError {
  return new LabError(`lab ${runId} is incomplete: ${lack}`, { ...details, fix: `npm run lab -- down ${runId}` });
}

/** The error where the process in whose name a lab is to be made has ended. */
export function ownerGone(pid: number): LabError {
  return new LabError(`the owner of the lab, process ${pid}, no longer exists`);
}

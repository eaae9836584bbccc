import { LabError } from "../core/errors.ts";
import type { StandingLab } from "./order.ts";
import type { ScenarioOutcome } from "./outcome.ts";
import { troublesOf } from "./troubles.ts";

/** The error for a lab that somebody has removed, or is removing, while a run looked at it; undefined where it is whole. */
export async function removedLab({ lab, provider }: StandingLab): Promise<LabError | undefined> {
  const found = await provider.discover();
  const ref = found.find(({ runId }) => runId === lab.runId);
  const fix = "build another one: npm run lab -- up";
  if (ref === undefined) return new LabError(`lab ${lab.runId} was removed while this run looked at it`, { fix });
  try {
    await provider.attach(ref, lab.plan);
    return undefined;
  } catch (cause) {
    if (!(cause instanceof LabError)) throw cause;
    return new LabError(`parts of lab ${lab.runId} were removed while this run looked at it`, { cause, fix });
  }
}

/** Whether nothing went wrong that a lab's removal would explain. */
export function isGood({ troubles, verdicts }: ScenarioOutcome): boolean {
  return troubles.length === 0 && verdicts.every(({ status }) => status === "pass" || status === "skip");
}

/** An outcome, or in place of all that failed with the lab that it went away. */
export async function unlessRemoved(outcome: ScenarioOutcome, standing: StandingLab): Promise<ScenarioOutcome> {
  const removed = isGood(outcome) ? undefined : await removedLab(standing);
  if (removed === undefined) return outcome;
  return { ...outcome, verdicts: [], measurements: [], troubles: troublesOf("lab", removed) };
}

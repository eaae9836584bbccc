import type { Path } from "../encap/path.ts";
import type { Verdict } from "../verify/verdict.ts";
import type { Measurement, ScenarioRecord, Trouble } from "./record.ts";

/** What one mode on one lab came to. */
export interface ScenarioOutcome {
  readonly scenario: ScenarioRecord;
  readonly verdicts: readonly Verdict[];
  readonly measurements: readonly Measurement[];
  readonly troubles: readonly Trouble[];
}

/** The verdict of a path that could not be asked, with the reason. */
export function skipVerdict(path: Path, reason: string): Verdict {
  return { id: path.id, check: "reached", status: "skip", expected: "", observed: "not run", reason, evidence: [] };
}

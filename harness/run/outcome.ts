import type { Path } from "../encap/path.ts";
import type { Verdict } from "../verify/verdict.ts";
import type { MeasuredMode } from "./measured.ts";
import type { Measurement, ScenarioRecord, Trouble } from "./record.ts";

/** What one mode on one lab came to. */
export interface ScenarioOutcome {
  readonly scenario: ScenarioRecord;
  readonly verdicts: readonly Verdict[];
  readonly measurements: readonly Measurement[];
  readonly troubles: readonly Trouble[];
  /** The samples of costs, where they were taken: from its first lab. */
  readonly measured?: MeasuredMode;
}

/** The verdict of a path that could not be asked, with the reason. */
export function skipVerdict(path: Path, reason: string): Verdict {
  return { id: path.id, check: "reached", status: "skip", expected: "", observed: "not run", reason, evidence: [] };
}

import { ExitCode } from "../core/errors.ts";
import type { Status, Verdict } from "../verify/verdict.ts";
import type { Summary, Trouble } from "./record.ts";

/** Counts verdicts by status. */
export function summarizeVerdicts(verdicts: readonly Verdict[]): Summary {
  const count = (status: Status): number => verdicts.filter((verdict) => verdict.status === status).length;
  return { pass: count("pass"), fail: count("fail"), inconclusive: count("inconclusive"), skip: count("skip") };
}

/** The run's exit code: a failed verdict outweighs lab trouble, and a run that judged nothing is an error. [public] */
export function exitCodeFor(summary: Summary, troubles: readonly Trouble[]): ExitCode {
  if (summary.fail > 0) return ExitCode.fail;
  if (troubles.length > 0 || summary.inconclusive > 0) return ExitCode.lab;
  return summary.pass === 0 ? ExitCode.usage : ExitCode.pass;
}

import type { RunRecord, ScenarioRecord } from "../run/record.ts";
import { redactValue } from "./redact.ts";
import { picturesOf, type Picture } from "./run-pictures.ts";
import { summarize, type RunSummary } from "./run-summary.ts";

/** A run as all its reports tell it: without secrets, and with what several of them show made once. */
export interface ReportedRun {
  readonly record: RunRecord;
  readonly summary: RunSummary;
  readonly pictures: ReadonlyMap<ScenarioRecord, readonly Picture[]>;
}

/** Prepares a record for its reports. Pure. */
export function reportedRun(run: RunRecord): ReportedRun {
  const record = redactValue(run);
  const pictures = record.scenarios.map((scenario) => [scenario, picturesOf(scenario, record)] as const);
  return { record, summary: summarize(record), pictures: new Map(pictures) };
}

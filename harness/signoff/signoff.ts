import type { ExitCode } from "../core/errors.ts";
import type { Cause } from "../cause/cause.ts";
import type { TestedFile } from "../lab/tested-file.ts";
import type { RunDiff } from "../diff/run-diff.ts";
import type { Cost } from "../measure/cost.ts";
import type { Category, Status } from "../verify/verdict.ts";
import type { Configuration } from "./configuration.ts";
import type { CoverageRow } from "./coverage.ts";
import type { Streak } from "./history.ts";
import type { Cell } from "./merge-runs.ts";
import type { Waiver } from "./waiver.ts";
import type { Group } from "./weigh.ts";

/** Name and version of the schema of signoff.json; raise the version with every incompatible change. */
export const signoffSchema = "encaplab/signoff/1";

/** What signoff.json holds: a decision about a release, and all that it rests on but the runs themselves. [public] */
export interface Signoff {
  readonly schema: typeof signoffSchema;
  readonly id: string;
  readonly at: string;
  readonly decision: "go" | "no-go";
  readonly exitCode: ExitCode;
  /** The decision in one sentence. */
  readonly verdict: string;
  /** Why it is no go; empty where it is. */
  readonly reasons: readonly string[];
  /** What a reader must know and what stops nothing. */
  readonly notes: readonly string[];
  readonly tested: readonly string[];
  /** The Calico that was tested, by its content; empty where it was the reference, or where nobody can tell. */
  readonly subjects: readonly TestedFile[];
  readonly runs: readonly SignedRun[];
  readonly cells: readonly SignedCell[];
  readonly modesNotAsked: readonly string[];
  /** Everything that is not a pass. */
  readonly findings: readonly SignedFinding[];
  readonly waivers: readonly SignedWaiver[];
  readonly gates: readonly SignedFinding[];
  readonly costs: readonly (Cost & { readonly on: string })[];
  readonly baseline: readonly SignedDiff[];
}

/** A run that a sign-off rests on. */
export interface SignedRun {
  readonly id: string;
  readonly startedAt: string;
  readonly seconds: number;
  readonly command: string;
  readonly exitCode: ExitCode;
  /** Lab errors; they say nothing about encapsulation. */
  readonly troubles: readonly string[];
  /** The run that repeated it after a lab error; then it counts no more. */
  readonly repeatedBy?: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A mode on a configuration. */
export interface SignedCell {
  readonly mode: Cell["mode"];
  readonly configuration: Configuration;
  readonly group: Group;
  readonly status: CellStatus;
  readonly runs: readonly string[];
  readonly checks: number;
  readonly passed: number;
  readonly coverage: readonly CoverageRow[];
  /** What explains its failures, as the runs found. */
  readonly causes: readonly Pick<Cause, "sentence" | "fix">[];
  /** Missing where no history was given. */
  readonly streak?: Streak;
  /** What changed since it was green last, where it is red now and a history knows. */
  readonly changed?: readonly string[];
}

/** What a cell is worth: only "certified" is a pass. */
export type CellStatus = "certified" | "partly certified" | "waived" | "failed" | "inconclusive" | "not certified";

/** A verdict that is not a pass, or a gate. */
export interface SignedFinding {
  readonly on: string;
  readonly mode: Cell["mode"];
  readonly id: string;
  readonly check: string;
  readonly status: Status;
  readonly group: Group;
  readonly expected: string;
  readonly observed: string;
  readonly reason?: string;
  readonly category?: Category;
  readonly waived?: Pick<Waiver, "reason" | "who" | "until">;
  readonly runs: readonly string[];
  readonly contradictedBy: readonly string[];
}

/** A waiver and what became of it. */
export interface SignedWaiver extends Waiver {
  readonly state: "in use" | "expired" | "not needed";
  /** Verdicts that it waives. */
  readonly waives: number;
}

/** What differs from the baseline on one configuration. */
export interface SignedDiff {
  readonly configuration: string;
  readonly before: string;
  readonly diff: RunDiff;
  /** Certified in the baseline, and not any more: it failed, was skipped, or was not asked. */
  readonly lost: readonly string[];
}

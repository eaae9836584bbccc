import type { PathRecord } from "../run/record.ts";
import type { CaptureBudget } from "./capture-budget.ts";
import type { ReportedRun } from "./reported-run.ts";

/** What every test of a report shares. */
export interface AllureContext extends ReportedRun {
  /** Results folder on disk, where the captures lie. */
  readonly folder: string;
  /** Bytes of the captures that are there. */
  readonly captureSizes: ReadonlyMap<string, number>;
  readonly pcaps: CaptureBudget;
  /** Passed paths that show their hops and packets, one of each kind; the others look alike. */
  readonly examples: ReadonlySet<PathRecord>;
}

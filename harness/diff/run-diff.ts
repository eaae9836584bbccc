import type { MetricName } from "../measure/metric.ts";
import type { EstimateChange } from "../stats/compare-estimates.ts";
import type { Status } from "../verify/verdict.ts";

/** A verdict that is another one in the second run. */
export interface VerdictChange {
  readonly id: string;
  readonly variant?: string;
  readonly check: string;
  /** Missing where only one of the runs has it. */
  readonly before?: Status;
  readonly after?: Status;
  readonly reason?: string;
}

/** A cost that both runs measured with an interval. */
export interface CostChange {
  readonly id: string;
  readonly variant?: string;
  readonly metric: MetricName;
  readonly better: "higher" | "lower";
  /**
   * Id of the difference that this one is a part of: the same figure beside another baseline or with more streams, as much as far as both
   * intervals tell; or the throughput that changed the same way as processor time for each Gbit, since what a processor does by the
   * clock (interrupts, timers) counts for more of a Gbit that takes longer.
   */
  readonly follows?: string;
  /** Second run to first, with interval and the noise of both. */
  readonly change: EstimateChange;
}

/** A figure that has no noise: bytes. */
export interface FigureChange {
  readonly id: string;
  readonly variant?: string;
  readonly unit: string;
  readonly before: number;
  readonly after: number;
}

/** What differs between two runs: only what chance does not explain. [public] */
export interface RunDiff {
  readonly before: string;
  readonly after: string;
  /** Verdicts that changed, worse ones first. */
  readonly verdicts: readonly VerdictChange[];
  readonly pathsGone: readonly string[];
  readonly pathsNew: readonly string[];
  readonly overhead: readonly FigureChange[];
  readonly mtu: readonly FigureChange[];
  readonly costs: readonly CostChange[];
  readonly convergence: readonly FigureChange[];
  /** Costs and times that were compared and differ by no more than noise, and those that could not be compared. */
  readonly alike: number;
  readonly incomparable: number;
  /** Whether anything got worse: a verdict, a cost, a path that is gone. */
  readonly worse: boolean;
}

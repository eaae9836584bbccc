import { compareEstimates, type EstimateChange } from "../stats/compare-estimates.ts";
import type { Verdict } from "../verify/verdict.ts";
import type { Cost } from "./cost.ts";
import { percentWords } from "./cost-words.ts";
import { costOf } from "./metric.ts";

/** Name of the check in verdicts. */
const notWorseCheck = "not-worse";

/** How a cost changed from one run to another; undefined where one of them has too few pairs. */
export function costChange(before: Cost, after: Cost): EstimateChange | undefined {
  const [one, other] = [before, after].map(({ ratio, interval, floor }) =>
    interval === undefined || floor === undefined ? undefined : { ratio, interval, floor },
  );
  return one === undefined || other === undefined ? undefined : compareEstimates(one, other);
}

/** A run that others are measured against. */
export interface BaselineRun {
  readonly id: string;
  readonly costs: readonly Cost[];
}

/**
 * Whether each cost is at most `most` (a fraction) worse than in the baseline run: red only where the whole interval of the change
 * lies beyond it, and beyond what both runs took for noise.
 */
export function judgeBaseline(baseline: BaselineRun, costs: readonly Cost[], most: number): readonly Verdict[] {
  return costs.flatMap((cost) => {
    const before = baseline.costs.find(({ id, variant }) => id === cost.id && variant === cost.variant);
    return before === undefined ? [] : [judge(baseline.id, before, cost, most)];
  });
}

function judge(run: string, before: Cost, cost: Cost, most: number): Verdict {
  const base = {
    id: cost.id,
    ...(cost.variant === undefined ? {} : { variant: cost.variant }),
    check: notWorseCheck,
    expected: `at most ${percentWords(most)} worse than in run ${run}`,
    evidence: [],
  };
  const change = costChange(before, cost);
  if (change === undefined) {
    const reason = "one of the runs has too few pairs for an interval: measure both with --profile full";
    return { ...base, status: "inconclusive", category: "inconclusive", observed: "not known", reason };
  }
  const ends = change.interval.map((ratio) => costOf(cost, ratio));
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const floor = costOf(cost, cost.better === "higher" ? 1 / change.floor : change.floor);
  const observed = `worse by ${percentWords(costOf(cost, change.ratio))} [${percentWords(low)}, ${percentWords(high)}]; floor of both ${percentWords(floor)}`;
  if (low > most && low > floor) {
    const reason = `the whole interval, from ${percentWords(low)} on, lies beyond ${percentWords(most)}`;
    return { ...base, status: "fail", category: "too costly", observed, reason };
  }
  if (high <= most) return { ...base, status: "pass", observed };
  const reason =
    low > most ? "the change lies within the noise of both runs" : "the interval of the change straddles the limit";
  return { ...base, status: "inconclusive", category: "inconclusive", observed, reason };
}

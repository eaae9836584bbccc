import type { Verdict } from "../verify/verdict.ts";
import type { Cost } from "./cost.ts";
import { costWords, percentWords } from "./cost-words.ts";
import { isLimited, type CostLimit } from "./limit.ts";
import { costRange } from "./cost-range.ts";

/** Name of the check in verdicts. */
const maxCostCheck = "max-cost";

/**
 * Puts limits to costs. Red only where the whole interval lies beyond the limit, and beyond the noise floor; green where the whole
 * interval keeps it; otherwise nobody knows, and more labs or a quieter machine would tell.
 */
export function judgeLimits(limits: readonly CostLimit[], costs: readonly Cost[]): readonly Verdict[] {
  return limits.flatMap((limit) => costs.filter((cost) => isLimited(limit, cost)).map((cost) => judge(limit, cost)));
}

/** Limits that speak of nothing that was measured: a gate that never closes. */
export function idleLimits(limits: readonly CostLimit[], costs: readonly Cost[]): readonly CostLimit[] {
  return limits.filter((limit) => !costs.some((cost) => isLimited(limit, cost)));
}

function judge(limit: CostLimit, cost: Cost): Verdict {
  const { id, variant } = cost;
  const base = {
    id,
    ...(variant === undefined ? {} : { variant }),
    check: maxCostCheck,
    expected: `costs at most ${percentWords(limit.most)} (${limit.text})`,
    observed: costWords(cost),
    evidence: evidenceOf(cost),
  };
  const range = costRange(cost);
  if (range === undefined || cost.floor === undefined) {
    const reason = `${cost.pairs.length} pairs are too few for an interval: measure with --profile full`;
    return { ...base, status: "inconclusive", category: "inconclusive", reason };
  }
  if (range.low > limit.most && range.low > range.floor) {
    const reason = `the whole interval, from ${percentWords(range.low)} on, lies beyond the limit of ${percentWords(limit.most)}`;
    return { ...base, status: "fail", category: "too costly", reason };
  }
  if (range.high <= limit.most) return { ...base, status: "pass" };
  const reason =
    range.low > limit.most
      ? `the cost lies within the noise floor of ${percentWords(range.floor)}: measure on a quieter machine`
      : `the interval straddles the limit: measure with --profile signoff, or on a quieter machine`;
  return { ...base, status: "inconclusive", category: "inconclusive", reason };
}

function evidenceOf({ pairs }: Cost): readonly string[] {
  const busy = pairs.filter((pair) => pair.busy === true).length;
  const figures = pairs.map(
    ({ mode, baseline, lab }) => `lab ${lab + 1}: ${mode.toPrecision(4)} to ${baseline.toPrecision(4)}`,
  );
  return [...(busy === 0 ? [] : [`${busy} of ${pairs.length} pairs were measured on a busy machine`]), ...figures];
}

import { nightsOf, seriesOf, type Night } from "../history/night.ts";
import { presentLevel, trendsOf } from "../history/trend.ts";
import type { RunRecord } from "../run/record.ts";
import { compareWithSeries } from "../stats/compare-with-series.ts";
import { changedCosts, costsMore } from "./changed-costs.ts";
import type { RunDiff } from "./run-diff.ts";

/**
 * What a run costs more or less than the nights before, since the last change of each ratio. Only ratios: a history holds nothing else. The run's own
 * night, where it is there already, does not count.
 */
export function diffHistory(history: readonly Night[], after: RunRecord): RunDiff {
  const before = history.filter(({ run, startedAt }) => run !== after.id && startedAt < after.startedAt);
  const trends = new Map(trendsOf(before).map((trend) => [trend.series, trend]));
  const compared = nightsOf(after).flatMap((night) => {
    const trend = trends.get(seriesOf(night));
    if (trend === undefined) return [];
    const { ratio, low, high, floor } = night;
    const usual = presentLevel(trend).map((one) => one.ratio);
    return [{ cost: night, change: compareWithSeries(usual, { ratio, interval: [low, high], floor }) }];
  });
  const { changed, alike, incomparable } = changedCosts(compared);
  const nights = new Set(before.map(({ run }) => run)).size;
  return {
    before: `history of ${nights} night${nights === 1 ? "" : "s"}`,
    after: after.id,
    ...{ verdicts: [], pathsGone: [], pathsNew: [], overhead: [], mtu: [], convergence: [] },
    costs: changed,
    alike,
    incomparable,
    worse: changed.some(costsMore),
  };
}

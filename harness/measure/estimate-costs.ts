import type { ModeId } from "../encap/mode.ts";
import { comparePairs, type Comparison } from "../stats/compare-pairs.ts";
import { findDifferences, type Claim } from "../stats/find-differences.ts";
import { noiseFloor } from "../stats/noise-floor.ts";
import { smallestVisible } from "../stats/smallest-visible.ts";
import { baselines, type Baseline, type Cost, type CostPair, type Finding } from "./cost.ts";
import { costOf, metrics, type Metric } from "./metric.ts";
import { isBusy, type PathClass, type Sample, type SideName } from "./sample.ts";

/** The ratio by bytes alone of a class to a baseline; undefined where it says nothing. */
export type ByBytes = (measured: PathClass, metric: Metric, baseline: Baseline) => number | undefined;

/** What a mode costs, by every metric and against every baseline that its samples allow. All claims share one error of 5 %. */
export function estimateCosts(mode: ModeId, samples: readonly Sample[], byBytes: ByBytes): readonly Cost[] {
  const drafts = classesOf(samples).flatMap((measured) =>
    metrics
      .filter(({ isRatio }) => isRatio)
      .flatMap((metric) => baselines.flatMap((baseline) => draftOf(samples, measured, metric, baseline) ?? [])),
  );
  const found = findDifferences(drafts.map(({ claim }) => claim));
  return drafts.map(({ measured, metric, baseline, pairs, claim }, index) => {
    const { comparison, floor } = claim;
    const visible = smallestVisible(claim);
    const bytes = byBytes(measured, metric, baseline);
    const { ratio, interval, median, range, p, labs } = comparison;
    return {
      id: costId(mode, measured, metric, baseline),
      mode,
      ...measured,
      metric: metric.name,
      baseline,
      better: metric.better,
      unit: metric.unit,
      ratio,
      ...(interval === undefined ? {} : { interval }),
      median,
      range,
      p,
      pairs,
      labs,
      ...(floor === undefined ? {} : { floor }),
      ...(visible === undefined ? {} : { visible }),
      finding: findingOf(metric, claim, found[index] === true),
      ...(bytes === undefined ? {} : { byBytes: bytes }),
    };
  });
}

/** Identity of a cost: `vxlan-always/cost/cross-subnet/v4/throughput/plain`. */
function costId(mode: ModeId, { locality, family }: PathClass, { name }: Metric, baseline: Baseline): string {
  return `${mode}/cost/${locality}/v${family}/${name}/${baseline}`;
}

interface Draft {
  readonly measured: PathClass;
  readonly metric: Metric;
  readonly baseline: Baseline;
  readonly pairs: readonly CostPair[];
  readonly claim: Claim;
}

function draftOf(
  samples: readonly Sample[],
  measured: PathClass,
  metric: Metric,
  baseline: Baseline,
): Draft | undefined {
  const pairs = pairsOf(samples, measured, metric, ["mode", baseline]);
  if (pairs.length === 0) return undefined;
  const floor = floorOf(pairsOf(samples, measured, metric, ["again", "mode"]));
  const claim = { comparison: compared(pairs), ...(floor === undefined ? {} : { floor }) };
  return { measured, metric, baseline, pairs, claim };
}

function floorOf(pairs: readonly CostPair[]): number | undefined {
  return pairs.length === 0 ? undefined : noiseFloor(compared(pairs));
}

function compared(pairs: readonly CostPair[]): Comparison {
  return comparePairs(pairs.map(({ mode, baseline, lab }) => ({ a: mode, b: baseline, lab })));
}

function findingOf(metric: Metric, { comparison, floor }: Claim, isDifferent: boolean): Finding {
  if (comparison.interval === undefined || floor === undefined) return "indicative";
  if (!isDifferent) return "none";
  return costOf(metric, comparison.ratio) > 0 ? "cost" : "gain";
}

/** The samples of two sides that were taken in the same round; those that failed leave their pair incomplete. */
function pairsOf(
  samples: readonly Sample[],
  measured: PathClass,
  { name }: Metric,
  sides: readonly [SideName, SideName],
): readonly CostPair[] {
  const own = samples.filter((sample) => isOf(sample, measured) && (sample.reading.values[name] ?? 0) > 0);
  const [first, second] = sides.map((side) => own.filter((sample) => sample.side === side));
  return (first ?? []).flatMap((one): readonly CostPair[] => {
    const other = second?.find(
      ({ lab, round, exercise }) => lab === one.lab && round === one.round && exercise === one.exercise,
    );
    const [mode, baseline] = [one.reading.values[name], other?.reading.values[name]];
    if (other === undefined || mode === undefined || baseline === undefined) return [];
    return [{ mode, baseline, lab: one.lab, ...(isBusy(one) || isBusy(other) ? { busy: true } : {}) }];
  });
}

function classesOf(samples: readonly Sample[]): readonly PathClass[] {
  const classes = samples.map(({ locality, family, form }): PathClass => ({ locality, family, form }));
  return [...new Map(classes.map((one) => [`${one.locality}/v${one.family}`, one])).values()];
}

function isOf(sample: Sample, { locality, family }: PathClass): boolean {
  return sample.locality === locality && sample.family === family;
}

import { mean, median, sampleStandardDeviation } from "simple-statistics";
import { hodgesLehmann } from "./hodges-lehmann.ts";
import type { Interval } from "./interval.ts";
import { signedRank } from "./signed-rank.ts";
import { studentQuantile } from "./student.ts";
import { refuseUnusable } from "./summarize.ts";

/** Two samples taken close together under the same conditions. */
export interface Pair {
  readonly a: number;
  readonly b: number;
  /** Which building of the lab they come from: pairs of one lab share its luck. */
  readonly lab: number;
}

/** How many times as large a is as b. */
export interface Comparison {
  readonly pairs: number;
  readonly labs: number;
  /** Hodges-Lehmann estimate of a / b: 0.9 means that a is 10 % below b. */
  readonly ratio: number;
  /** 95 % interval of it; missing where pairs (6) or labs (2) are too few for one. */
  readonly interval?: Interval;
  /** Two-sided chance of pairs this one-sided without any difference: exact signed-rank test. */
  readonly p: number;
  /** Median, smallest and largest of the pairs' own ratios. */
  readonly median: number;
  readonly range: Interval;
}

/**
 * Compares what was measured in pairs. The interval is wide enough for both levels at which measurements repeat (Kalibera and Jones,
 * Rigorous Benchmarking in Reasonable Time, 2013): the signed-rank interval of all pairs, and Student's of the labs' means, whichever
 * reaches farther at each end. RangeError for anything but positive numbers.
 */
export function comparePairs(pairs: readonly Pair[]): Comparison {
  refuseUnusable(pairs.flatMap(({ a, b }) => [a, b]));
  if (pairs.some(({ a, b }) => a <= 0 || b <= 0)) throw new RangeError("ratios need positive samples");
  const differences = pairs.map(({ a, b }) => Math.log(a / b));
  const { estimate, interval: ofPairs } = hodgesLehmann(differences);
  const byLab = new Map<number, number[]>();
  for (const [index, { lab }] of pairs.entries()) {
    byLab.set(lab, [...(byLab.get(lab) ?? []), differences[index] ?? 0]);
  }
  const ofLabs = studentInterval([...byLab.values()].map(mean));
  return {
    pairs: pairs.length,
    labs: byLab.size,
    ratio: Math.exp(estimate),
    ...(ofPairs === undefined || ofLabs === undefined ? {} : { interval: exponentials(hull(ofPairs, ofLabs)) }),
    p: signedRank(differences).p,
    median: Math.exp(median(differences)),
    range: exponentials([Math.min(...differences), Math.max(...differences)]),
  };
}

function studentInterval(means: readonly number[]): Interval | undefined {
  if (means.length < 2) return undefined;
  const half = (studentQuantile(means.length - 1) * sampleStandardDeviation([...means])) / Math.sqrt(means.length);
  const center = mean([...means]);
  return [center - half, center + half];
}

function hull(one: Interval, other: Interval): Interval {
  return [Math.min(one[0], other[0]), Math.max(one[1], other[1])];
}

function exponentials([low, high]: Interval): Interval {
  return [Math.exp(low), Math.exp(high)];
}

import { medianSorted } from "simple-statistics";
import type { Interval } from "./interval.ts";
import { criticalRankSum } from "./signed-rank.ts";
import { refuseUnusable } from "./summarize.ts";

/** Where differences lie, whatever their distribution's shape. */
export interface Location {
  /** Median of the means of all pairs of differences, each with itself too (Hodges and Lehmann 1963). */
  readonly estimate: number;
  /** The shifts that the signed-rank test would not reject; missing where the differences are too few for the confidence. */
  readonly interval?: Interval;
}

/**
 * Estimates the center of differences with an exact interval (Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, 3.2
 * and 3.3). It holds for differences spread evenly to both sides, as those of pairs whose halves suffer the same noise are,
 * however long the tails. 95 % needs 6 differences or more.
 */
export function hodgesLehmann(differences: readonly number[], confidence = 0.95): Location {
  refuseUnusable(differences);
  const means = walshAverages(differences);
  const estimate = medianSorted(means);
  const left = criticalRankSum(differences.length, (1 - confidence) / 2) + 1;
  const [low, high] = [means[left - 1], means[means.length - left]];
  return low === undefined || high === undefined ? { estimate } : { estimate, interval: [low, high] };
}

function walshAverages(differences: readonly number[]): number[] {
  const means = differences.flatMap((one, index) => differences.slice(index).map((other) => (one + other) / 2));
  return Float64Array.from(means).sort() as unknown as number[];
}

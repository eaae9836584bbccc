import { errorFunction } from "simple-statistics";
import type { Interval } from "./interval.ts";

/** A ratio with its 95 % interval and noise floor (≥ 1). */
export interface RatioEstimate {
  readonly ratio: number;
  readonly interval: Interval;
  readonly floor: number;
}

/** How many times as large one ratio is as another that was measured apart from it. */
export interface EstimateChange extends RatioEstimate {
  /** Two-sided, by the normal distribution of the logarithms. */
  readonly p: number;
}

/** Standard deviations on each side of a 95 % interval. */
const deviations = 1.96;

/**
 * Compares two estimates from runs of their own: the interval of their quotient from those of its parts (MOVER: Zou and Donner,
 * Construction of confidence limits about effect measures, 2008), in logarithms. What both took for noise adds up.
 */
export function compareEstimates(before: RatioEstimate, after: RatioEstimate): EstimateChange {
  const [a, b] = [logs(after), logs(before)];
  const center = a.center - b.center;
  const low = center - Math.hypot(a.center - a.low, b.high - b.center);
  const high = center + Math.hypot(a.high - a.center, b.center - b.low);
  const floor = Math.exp(Math.hypot(Math.log(after.floor), Math.log(before.floor)));
  const z = Math.abs(center) / ((high - low) / 2 / deviations);
  const p = Number.isNaN(z) ? 1 : Math.max(0, 1 - errorFunction(z / Math.SQRT2));
  return { ratio: Math.exp(center), interval: [Math.exp(low), Math.exp(high)], floor, p };
}

function logs({ ratio, interval: [low, high] }: RatioEstimate): { center: number; low: number; high: number } {
  return { center: Math.log(ratio), low: Math.log(low), high: Math.log(high) };
}

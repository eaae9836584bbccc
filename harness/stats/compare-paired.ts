import { median } from "simple-statistics";
import { bootstrapInterval } from "./bootstrap-interval.ts";
import type { Interval } from "./bootstrap-interval.ts";
import { refuseUnusable } from "./summarize.ts";

/** How many times as large a is as b, from measurements taken in pairs. */
export interface PairedComparison {
  readonly pairs: number;
  /** Median of the pairs' ratios a / b: 0.9 means that a is 10 % below b. */
  readonly ratio: number;
  /** 95 % interval of that median. */
  readonly interval: Interval;
}

/**
 * Compares two series measured in turns, pair by pair, so that what changes slowly (clock rates, neighbors on the
 * machine) cancels out. RangeError where the series differ in length or hold anything but positive numbers.
 */
export function comparePaired(a: readonly number[], b: readonly number[]): PairedComparison {
  if (a.length !== b.length) throw new RangeError(`${a.length} samples cannot be paired with ${b.length}`);
  refuseUnusable(a);
  refuseUnusable(b);
  if ([...a, ...b].some((sample) => sample <= 0)) throw new RangeError("ratios need positive samples");
  const ratios = a.map((sample, index) => sample / (b[index] ?? NaN));
  return { pairs: ratios.length, ratio: median(ratios), interval: bootstrapInterval(ratios, median) };
}

/**
 * The difference that the measurement sees where there is none, as a fraction: the farthest end from 1 of the interval
 * of an A/A comparison, the same thing measured against itself in pairs. Smaller differences must not be claimed.
 */
export function noiseFloor(firstOfPair: readonly number[], secondOfPair: readonly number[]): number {
  const [low, high] = comparePaired(firstOfPair, secondOfPair).interval;
  return Math.max(Math.abs(1 - low), Math.abs(high - 1));
}

/** Whether a comparison shows a difference: its interval leaves out 1, and its ratio lies beyond the noise floor. */
export function isDifferent(comparison: PairedComparison, floor: number): boolean {
  const [low, high] = comparison.interval;
  return (low > 1 || high < 1) && Math.abs(comparison.ratio - 1) > floor;
}

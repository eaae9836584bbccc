import type { Comparison } from "./compare-pairs.ts";

/**
 * The ratio (≥ 1) up to which a measurement sees differences where there are none: the farther end of the interval of an A/A
 * comparison, the same thing measured against itself in the same pairs. Nothing smaller may be claimed. Missing without an interval.
 */
export function noiseFloor({ interval }: Comparison): number | undefined {
  if (interval === undefined) return undefined;
  return Math.max(1 / interval[0], interval[1]);
}

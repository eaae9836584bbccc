import { mean, sampleStandardDeviation } from "simple-statistics";
import type { EstimateChange, RatioEstimate } from "./compare-estimates.ts";
import { studentP, studentQuantile } from "./student.ts";

/** Values below which nobody knows how much a series varies by itself. */
export const fewestNights = 4;

/**
 * How an estimate differs from those of earlier nights: the interval is the one in which a further night would lie (Student's prediction interval of
 * the logarithms), so that it holds whatever makes nights differ. Undefined where they are too few.
 */
export function compareWithSeries(nights: readonly number[], after: RatioEstimate): EstimateChange | undefined {
  if (nights.length < fewestNights) return undefined;
  const logs = nights.map(Math.log);
  const freedom = logs.length - 1;
  const spread = sampleStandardDeviation(logs) * Math.sqrt(1 + 1 / logs.length);
  const change = Math.log(after.ratio) - mean(logs);
  const half = studentQuantile(freedom) * spread;
  const interval = [Math.exp(change - half), Math.exp(change + half)] as const;
  return { ratio: Math.exp(change), interval, floor: after.floor, p: studentP(change / spread, freedom) };
}

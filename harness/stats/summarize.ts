import { max, mean, median, min, quantileSorted, sampleStandardDeviation } from "simple-statistics";

/** A series of samples in figures, all in the samples' own unit. */
export interface Summary {
  readonly count: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Sample standard deviation (divided by n - 1); 0 for a single sample. */
  readonly stdev: number;
  /** First and third quartile. */
  readonly quartiles: readonly [number, number];
}

/** Sums up samples. RangeError where there are none or where one is no finite number: no figure would be true of them. */
export function summarize(samples: readonly number[]): Summary {
  refuseUnusable(samples);
  const sorted = samples.toSorted((a, b) => a - b);
  return {
    count: sorted.length,
    median: median(sorted),
    min: min(sorted),
    max: max(sorted),
    mean: mean(sorted),
    stdev: sorted.length < 2 ? 0 : sampleStandardDeviation(sorted),
    quartiles: [quantileSorted(sorted, 0.25), quantileSorted(sorted, 0.75)],
  };
}

/** Throws a RangeError on an empty series and on NaN or infinite samples. */
export function refuseUnusable(samples: readonly number[]): void {
  if (samples.length === 0) throw new RangeError("no samples");
  const bad = samples.find((sample) => !Number.isFinite(sample));
  if (bad !== undefined) throw new RangeError(`not a finite sample: ${bad}`);
}

import { quantileSorted } from "simple-statistics";
import { seededRandom } from "./seeded-random.ts";
import { refuseUnusable } from "./summarize.ts";

/** Two ends of an interval, low and high. */
export type Interval = readonly [number, number];

/** Resamples per interval: the ends of a 95 % interval then rest on 50 resamples beyond each. */
const resamples = 2000;

/** Any constant does; it is fixed so that the same samples always give the same interval. */
const seed = 0x5eed;

/**
 * 95 % percentile bootstrap interval of a statistic (Efron and Tibshirani, An Introduction to the Bootstrap, 13.3): what
 * the statistic gives for samples drawn again from the samples. Too narrow for few of them; ask for 10 or more.
 */
export function bootstrapInterval(samples: readonly number[], statistic: (samples: number[]) => number): Interval {
  refuseUnusable(samples);
  const random = seededRandom(seed);
  const drawn = Array.from({ length: resamples }, () =>
    statistic(samples.map(() => samples[Math.floor(random() * samples.length)] ?? 0)),
  ).sort((a, b) => a - b);
  return [quantileSorted(drawn, 0.025), quantileSorted(drawn, 0.975)];
}

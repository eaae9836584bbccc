import type { Claim } from "./find-differences.ts";

/**
 * The interval's half that an effect must exceed the noise by, to be found in four of five repeats of the same measurement; by
 * simulation (84 to 90 % with even noise, 66 to 80 % with heavy tails and bursts; `measure/design-power.test.ts`).
 */
const margin = 0.8;

/**
 * The smallest ratio (≥ 1) that the measurement would have shown: what lies between it and 1 was not looked for, whatever the
 * estimate says. Missing where nothing can be claimed at all.
 */
export function smallestVisible({ comparison: { interval }, floor }: Claim): number | undefined {
  if (interval === undefined || floor === undefined) return undefined;
  const half = Math.log(interval[1] / interval[0]) / 2;
  return Math.exp(Math.max(Math.log(floor), half) + margin * half);
}

import type { Comparison } from "./compare-pairs.ts";

/** One comparison of several, with the noise floor of what it compares; without a floor nothing is claimed. */
export interface Claim {
  readonly comparison: Comparison;
  readonly floor?: number;
}

/** Chance that a whole family of comparisons without any difference shows one. */
const familyError = 0.05;

/**
 * Which comparisons of a family show a difference: the signed-rank test says so after Holm's correction for the whole family (1979),
 * the interval leaves out 1, and the ratio lies beyond the noise floor. All three, because the test knows nothing of labs and the
 * interval nothing of the family.
 */
export function findDifferences(family: readonly Claim[]): readonly boolean[] {
  const ranked = family
    .map((claim, index) => ({ claim, index }))
    .sort((a, b) => a.claim.comparison.p - b.claim.comparison.p);
  const found = family.map(() => false);
  for (const [rank, { claim, index }] of ranked.entries()) {
    if (claim.comparison.p > familyError / (family.length - rank)) break;
    found[index] = isBeyondNoise(claim);
  }
  return found;
}

/** Whether the interval leaves out 1 and the ratio lies beyond the noise floor. */
function isBeyondNoise({ comparison: { ratio, interval }, floor }: Claim): boolean {
  if (interval === undefined || floor === undefined) return false;
  return (interval[0] > 1 || interval[1] < 1) && Math.max(ratio, 1 / ratio) > floor;
}

/** Wilcoxon's signed-rank test of paired differences. */
export interface SignedRank {
  /** Differences that are not zero; a zero says nothing about a direction (Wilcoxon 1945). */
  readonly count: number;
  /** Sum of the ranks of the positive differences. */
  readonly positive: number;
  /** Two-sided, exact: how often chance alone gives ranks at least as one-sided; 1 where all differences are zero. */
  readonly p: number;
}

/** Tests whether differences lean to one side of zero. Equal sizes share their mean rank, and chances are those of these ranks. */
export function signedRank(differences: readonly number[]): SignedRank {
  const left = differences.filter((difference) => difference !== 0);
  const ranks = doubledRanks(left.map(Math.abs));
  const doubled = ranks.reduce((sum, rank, index) => sum + ((left[index] ?? 0) > 0 ? rank : 0), 0);
  const all = ranks.reduce((sum, rank) => sum + rank, 0);
  const chances = chancesOfSums(ranks).subarray(0, Math.min(doubled, all - doubled) + 1);
  return { count: left.length, positive: doubled / 2, p: Math.min(1, 2 * chances.reduce((sum, one) => sum + one, 0)) };
}

/**
 * The largest T such that a rank sum of at most T comes by chance in no more than `tail` of all cases, for `count` differences
 * of different size; -1 where even T = 0 comes more often. Tables of the test print it as the critical value.
 */
export function criticalRankSum(count: number, tail: number): number {
  const chances = chancesOfSums(Array.from({ length: count }, (_, index) => index + 1));
  let [sum, cumulated] = [0, chances[0] ?? 1];
  while (cumulated <= tail) {
    sum += 1;
    cumulated += chances[sum] ?? 1;
  }
  return sum - 1;
}

/** Twice the rank of each size, so that shared ranks stay whole numbers. */
function doubledRanks(sizes: readonly number[]): readonly number[] {
  const sorted = sizes.toSorted((a, b) => a - b);
  return sizes.map((size) => sorted.indexOf(size) + sorted.lastIndexOf(size) + 2);
}

/** Chance of each sum of ranks when every sign is the toss of a coin: counted out, not approximated. */
function chancesOfSums(ranks: readonly number[]): Float64Array {
  const most = ranks.reduce((sum, rank) => sum + rank, 0);
  const chances = new Float64Array(most + 1);
  chances[0] = 1;
  let reached = 0;
  for (const rank of ranks) {
    reached += rank;
    for (let sum = reached; sum >= 0; sum -= 1) {
      const without = chances[sum] ?? 0;
      const withIt = chances[sum - rank] ?? 0;
      chances[sum] = (without + withIt) / 2;
    }
  }
  return chances;
}

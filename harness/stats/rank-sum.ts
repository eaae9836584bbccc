/**
 * How often chance alone puts two series of samples at least as far apart by ranks: the exact two-sided test of Mann, Whitney and
 * Wilcoxon; equal values count half to each side, and the chances are those without equal ones, which errs on the safe side.
 */
export function rankSumP(a: readonly number[], b: readonly number[]): number {
  const wins = a.reduce(
    (sum, one) => sum + b.reduce((part, other) => part + (one > other ? 1 : one === other ? 0.5 : 0), 0),
    0,
  );
  const all = a.length * b.length;
  const counts = waysOfWins(a.length, b.length);
  const total = counts.reduce((sum, ways) => sum + ways, 0);
  const rare = Math.ceil(Math.min(wins, all - wins));
  const tail = counts.slice(0, rare + 1).reduce((sum, ways) => sum + ways, 0);
  return Math.min(1, (2 * tail) / total);
}

/** In how many orders of m and n samples the first series wins so many of the m × n contests (Mann and Whitney 1947). */
function waysOfWins(m: number, n: number): readonly number[] {
  let ways: number[][] = Array.from({ length: n + 1 }, () => [1]);
  for (let first = 1; first <= m; first += 1) {
    const next: number[][] = [[1]];
    for (let second = 1; second <= n; second += 1) {
      // The largest of all is of the first series (and wins against all of the second), or of the second.
      const sums: number[] = [];
      for (const [wins, count] of (ways[second] ?? []).entries()) sums[wins + second] = count;
      for (const [wins, count] of (next[second - 1] ?? []).entries()) sums[wins] = (sums[wins] ?? 0) + count;
      next.push(sums);
    }
    ways = next;
  }
  return ways[n] ?? [1];
}

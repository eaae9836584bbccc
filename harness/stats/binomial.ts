/** Probability that of `n` independent trials, each with chance `p`, at most `k` succeed. */
export function atMost(k: number, n: number, p: number): number {
  let term = (1 - p) ** n;
  let sum = 0;
  for (let i = 0; i <= Math.min(k, n); i++) {
    sum += term;
    term *= ((n - i) / (i + 1)) * (p / (1 - p));
  }
  return Math.min(1, sum);
}

/** Probability that at least `k` succeed. */
export function atLeast(k: number, n: number, p: number): number {
  return atMost(n - k, n, 1 - p);
}

/**
 * Chance of a change where there is none, for each place that is looked at. So rare a chance takes seven values on each side at least: more
 * than a working week of nights, and no outlier.
 */
const error = 0.01;

/**
 * The places at which a series changes its level, each as the index of the first value after the change, ascending. Pettitt's test (A Non-Parametric
 * Approach to the Change-Point Problem, 1979), again on each side of what it finds: by ranks, so that one wild value changes nothing.
 */
export function changePoints(values: readonly number[]): readonly number[] {
  return within(values, 0);
}

function within(values: readonly number[], offset: number): readonly number[] {
  const { at, p } = pettitt(values);
  if (p > error) return [];
  return [...within(values.slice(0, at), offset), offset + at, ...within(values.slice(at), offset + at)];
}

/** The likeliest change of a series, and how often chance alone makes one as clear (the test's own approximation). */
export function pettitt(values: readonly number[]): { readonly at: number; readonly k: number; readonly p: number } {
  const count = values.length;
  if (count === 0) return { at: 0, k: 0, p: 1 };
  let [sum, at, k] = [0, 0, 0];
  for (const [index, value] of values.entries()) {
    sum += values.reduce((signs, other) => signs + Math.sign(value - other), 0);
    if (Math.abs(sum) <= k) continue;
    [at, k] = [index + 1, Math.abs(sum)];
  }
  return { at, k, p: Math.min(1, 2 * Math.exp((-6 * k * k) / (count ** 3 + count ** 2))) };
}

/**
 * The value that a share of the samples does not exceed. Clocks tell whole steps (ping's whole µs), so that many samples
 * are equal: the place among the equal ones counts too, as for grouped data, where the quantile is otherwise a step function.
 */
export function percentile(samples: readonly number[], share: number, step: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const wanted = share * sorted.length;
  const value = sorted[Math.min(sorted.length - 1, Math.floor(wanted))];
  if (value === undefined) throw new RangeError("no samples");
  const below = sorted.filter((sample) => sample < value).length;
  const equal = sorted.filter((sample) => sample === value).length;
  return value - step / 2 + (step * (wanted - below)) / equal;
}

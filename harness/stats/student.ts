/** 97.5 % quantiles of Student's t for 1, 2, 3, … degrees of freedom (NIST/SEMATECH e-Handbook, 1.3.6.7.2). */
const quantiles = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086,
];

/** How many standard errors a 95 % interval reaches to each side. */
export function studentQuantile(freedom: number): number {
  // The table's last value is a little too large for all longer series: that errs on the safe side.
  return quantiles[Math.min(freedom, quantiles.length) - 1] ?? NaN;
}

/** Two-sided chance of a t at least as large, for whole degrees of freedom (Abramowitz and Stegun, 26.7.3 and 26.7.4). */
export function studentP(t: number, freedom: number): number {
  if (Number.isNaN(t)) return 1;
  const angle = Math.atan(Math.abs(t) / Math.sqrt(freedom));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let power = isOdd ? 3 : 2; power <= freedom - 2; power += 2) {
    term *= (cosine * cosine * (power - 1)) / power;
    sum += term;
  }
  const within = isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
  return Math.min(1, Math.max(0, 1 - within));
}

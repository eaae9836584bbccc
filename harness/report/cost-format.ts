import type { Cost } from "../measure/cost.ts";

/** A ratio as change: `-10.2 %`, `+37 %`, `+0.4 %`. */
export function changeWords(ratio: number): string {
  return `${signed(ratio)} %`;
}

/** `[-12, -8.1]`, or empty without an interval. */
export function intervalWords({ interval }: Pick<Cost, "interval">): string {
  return interval === undefined ? "" : `[${interval.map(signed).join(", ")}]`;
}

function signed(ratio: number): string {
  const percent = (ratio - 1) * 100;
  const text = percent.toFixed(Math.abs(percent) < 9.95 ? 1 : 0);
  return percent >= 0 ? `+${text}` : text;
}

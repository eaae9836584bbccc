import { costRange } from "./cost-range.ts";
import type { Cost } from "./cost.ts";
import { costOf } from "./metric.ts";

/** A fraction as percent, with one digit behind the point below ten: `8.3 %`, `15 %`, `0.4 %`. */
export function percentWords(fraction: number): string {
  const percent = fraction * 100;
  const digits = Math.abs(percent) < 9.95 ? 1 : 0;
  return `${Number(percent.toFixed(digits))} %`;
}

/** `10 % [8.1, 12]`, with what is noise. */
export function costWords(cost: Cost): string {
  const range = costRange(cost);
  const estimate = percentWords(costOf(cost, cost.ratio));
  if (range === undefined) return `about ${estimate} (${cost.pairs.length} pairs, no interval)`;
  const interval = `${estimate} [${bare(range.low)}, ${bare(range.high)}]`;
  const noise = `floor ${percentWords(range.floor)}, ${cost.pairs.length} pairs in ${cost.labs} labs`;
  return `${interval}; ${noise}`;
}

function bare(fraction: number): string {
  return percentWords(fraction).replace(" %", "");
}

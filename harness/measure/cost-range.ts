import type { Cost } from "./cost.ts";
import { costOf } from "./metric.ts";

/** A cost's interval and the noise floor on the same scale: fractions, positive where it costs. */
export interface CostRange {
  readonly low: number;
  readonly high: number;
  /** Costs up to it are seen where there are none. */
  readonly floor: number;
}

/** The interval of what something costs; undefined where the pairs were too few for one. */
export function costRange(cost: Pick<Cost, "better" | "interval" | "floor">): CostRange | undefined {
  const { interval, floor } = cost;
  if (interval === undefined || floor === undefined) return undefined;
  const [one, other] = interval.map((ratio) => costOf(cost, ratio));
  if (one === undefined || other === undefined) return undefined;
  const ofNoise = costOf(cost, cost.better === "higher" ? 1 / floor : floor);
  return { low: Math.min(one, other), high: Math.max(one, other), floor: ofNoise };
}

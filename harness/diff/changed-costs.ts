import type { Cost } from "../measure/cost.ts";
import { costOf } from "../measure/metric.ts";
import type { EstimateChange } from "../stats/compare-estimates.ts";
import type { CostChange } from "./run-diff.ts";

/** Chance that two runs without any difference show one. */
export const familyError = 0.05;

/** Things that were compared: those that differ beyond noise, and how many do not or could not be compared. */
export interface Compared<T> {
  readonly changed: readonly T[];
  readonly alike: number;
  readonly incomparable: number;
}

/** A cost with how it differs from what it is compared with; undefined where that has too few samples. */
export interface ComparedCost {
  readonly cost: Pick<Cost, "id" | "variant" | "metric" | "better">;
  readonly change: EstimateChange | undefined;
}

/** Which costs differ: by Holm's correction for all of them (1979), and beyond the noise floors. */
export function changedCosts(pairs: readonly ComparedCost[]): Compared<CostChange> {
  const comparable = pairs.flatMap(({ cost, change }) => (change === undefined ? [] : [{ cost, change }]));
  const ranked = comparable.toSorted((a, b) => a.change.p - b.change.p);
  const stop = ranked.findIndex(({ change }, rank) => change.p > familyError / (ranked.length - rank));
  const significant = stop < 0 ? ranked : ranked.slice(0, stop);
  const changed = significant
    .filter(({ change: { ratio, floor } }) => Math.max(ratio, 1 / ratio) > floor)
    .map(({ cost: { id, variant, metric, better }, change }): CostChange => ({
      id,
      ...(variant === undefined ? {} : { variant }),
      metric,
      better,
      change,
    }));
  return {
    changed: withCauses(changed),
    alike: comparable.length - changed.length,
    incomparable: pairs.length - comparable.length,
  };
}

/** Whether a changed cost is higher than before. */
export function costsMore({ better, change }: Pick<CostChange, "better" | "change">): boolean {
  return costOf({ better }, change.ratio) > 0;
}

function withCauses(changed: readonly CostChange[]): readonly CostChange[] {
  return changed.map((cost) => {
    if (cost.metric !== "cpu-sender" && cost.metric !== "cpu-receiver") return cost;
    const id = cost.id.replace(`/${cost.metric}/`, "/throughput/");
    const cause = changed.find((one) => one.id === id && one.variant === cost.variant);
    return cause === undefined || costsMore(cause) !== costsMore(cost) ? cost : { ...cost, follows: id };
  });
}

import type { Cost } from "../measure/cost.ts";
import { baselines } from "../measure/cost.ts";
import { costOf, metrics } from "../measure/metric.ts";
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

/** Of several differences that are one and the same, the first is told, and the others with it. */
function withCauses(changed: readonly CostChange[]): readonly CostChange[] {
  const own: CostChange[] = [];
  const followed = new Map<CostChange, string>();
  for (const cost of changed.toSorted((a, b) => rankOf(a) - rankOf(b))) {
    const cause = own.find((one) => isSame(one, cost)) ?? slowerFlow(changed, cost);
    if (cause === undefined) own.push(cost);
    else followed.set(cost, followed.get(cause) ?? cause.id);
  }
  return changed.map((cost) => {
    const follows = followed.get(cost);
    return follows === undefined ? cost : { ...cost, follows };
  });
}

/** What leads: one stream before several, throughput before what it costs, plain packets before other baselines. */
function rankOf({ metric, id }: CostChange): number {
  const baseline = baselines.findIndex((one) => one === baselineOf(id));
  return metrics.findIndex(({ name }) => name === metric) * baselines.length + baseline;
}

/** The same figure of the same kind of path beside another baseline, or with more streams: as much, as far as both intervals tell. */
function isSame(one: CostChange, other: CostChange): boolean {
  if (figureOf(one) !== figureOf(other) || one.variant !== other.variant) return false;
  const [low, high] = one.change.interval;
  const [otherLow, otherHigh] = other.change.interval;
  return costsMore(one) === costsMore(other) && low <= otherHigh && otherLow <= high;
}

function figureOf({ id, metric }: CostChange): string {
  const place = id.split("/").slice(0, -2);
  return [...place, metric === "throughput-4" ? "throughput" : metric].join("/");
}

function baselineOf(id: string): string | undefined {
  return id.split("/").at(-1);
}

function slowerFlow(changed: readonly CostChange[], cost: CostChange): CostChange | undefined {
  if (cost.metric !== "cpu-sender" && cost.metric !== "cpu-receiver") return undefined;
  const id = cost.id.replace(`/${cost.metric}/`, "/throughput/");
  const cause = changed.find((one) => one.id === id && one.variant === cost.variant);
  return cause === undefined || costsMore(cause) !== costsMore(cost) ? undefined : cause;
}

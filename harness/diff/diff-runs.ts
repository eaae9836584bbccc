import { median } from "simple-statistics";
import type { Cost } from "../measure/cost.ts";
import { costChange } from "../measure/judge-baseline.ts";
import type { RunRecord } from "../run/record.ts";
import { rankSumP } from "../stats/rank-sum.ts";
import type { Status, Verdict } from "../verify/verdict.ts";
import { changedCosts, costsMore, familyError, type Compared } from "./changed-costs.ts";
import type { CostChange, FigureChange, RunDiff, VerdictChange } from "./run-diff.ts";

/** What differs between two runs, beyond what chance explains. Pure. */
export function diffRuns(before: RunRecord, after: RunRecord): RunDiff {
  const verdicts = changedVerdicts(before, after);
  const { changed, alike, incomparable } = comparedCosts(before, after);
  const times = changedTimes(before, after);
  const [pathsBefore, pathsAfter] = [pathsOf(before), pathsOf(after)];
  const pathsGone = pathsBefore.filter((id) => !pathsAfter.includes(id));
  const worse = verdicts.some(isWorse) || pathsGone.length > 0 || changed.some(costsMore) || times.changed.some(isMore);
  return {
    before: before.id,
    after: after.id,
    verdicts,
    pathsGone,
    pathsNew: pathsAfter.filter((id) => !pathsBefore.includes(id)),
    overhead: changedFigures(overheads(before), overheads(after)),
    mtu: changedFigures(mtus(before), mtus(after)),
    costs: changed,
    convergence: times.changed,
    alike: alike + times.alike,
    incomparable: incomparable + times.incomparable,
    worse,
  };
}

/** Whether a change of verdict is one for the worse: what failed now did not before, or what was proven is not any more. */
export function isWorse({ before, after }: VerdictChange): boolean {
  const rank = (status: Status | undefined): number =>
    status === undefined ? 1 : { pass: 0, skip: 1, inconclusive: 2, fail: 3 }[status];
  return after !== undefined && rank(after) > rank(before);
}

function isMore({ before, after }: FigureChange): boolean {
  return after > before;
}

function keyOf({ id, variant, check }: Pick<Verdict, "id" | "variant" | "check">): string {
  return [id, variant ?? "", check].join("\n");
}

function changedVerdicts(before: RunRecord, after: RunRecord): readonly VerdictChange[] {
  const [old, now] = [before, after].map(({ verdicts }) => new Map(verdicts.map((one) => [keyOf(one), one])));
  const keys = new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])]);
  const changes = [...keys].flatMap((key): readonly VerdictChange[] => {
    const [one, other] = [old?.get(key), now?.get(key)];
    const either = other ?? one;
    // A path that only one run has is told as such, and a gate that only one run had says nothing of the other.
    if (either === undefined || one === undefined || other === undefined || one.status === other.status)
      return newFailure(one, other);
    return [changeOf(either, one.status, other.status)];
  });
  return changes.toSorted((a, b) => Number(isWorse(b)) - Number(isWorse(a)));
}

/** Something that fails is told also where the other run did not ask. */
function newFailure(one: Verdict | undefined, other: Verdict | undefined): readonly VerdictChange[] {
  return one === undefined && other?.status === "fail" ? [changeOf(other, undefined, other.status)] : [];
}

function changeOf({ id, variant, check, reason }: Verdict, before: Status | undefined, after: Status): VerdictChange {
  return {
    id,
    ...(variant === undefined ? {} : { variant }),
    check,
    ...(before === undefined ? {} : { before }),
    after,
    ...(reason === undefined ? {} : { reason }),
  };
}

function comparedCosts(before: RunRecord, after: RunRecord): Compared<CostChange> {
  return changedCosts(
    (after.costs ?? []).flatMap((cost) => {
      const old = before.costs?.find(({ id, variant }) => id === cost.id && variant === cost.variant);
      if (old === undefined) return [];
      return [{ cost, change: isOfOtherSpeed(cost, before, after) ? undefined : costChange(old, cost) }];
    }),
  );
}

/**
 * How many times as fast a flow may be in one of two runs whose processor time for each Gbit is compared: what a processor does by the
 * clock counts for all of a slow flow, and for next to nothing of a fast one.
 */
const mostFaster = 2;

/** Whether processor time was measured of flows that were much faster in one of the runs. */
function isOfOtherSpeed({ id, variant, metric }: Cost, before: RunRecord, after: RunRecord): boolean {
  if (metric !== "cpu-sender" && metric !== "cpu-receiver") return false;
  const flow = id.replace(`/${metric}/`, "/throughput/");
  const [slow, fast] = [before, after].map(({ costs = [] }) => {
    const pairs = costs.find((one) => one.id === flow && one.variant === variant)?.pairs ?? [];
    return pairs.length === 0 ? NaN : median(pairs.map(({ baseline }) => baseline));
  });
  return Math.abs(Math.log2((fast ?? NaN) / (slow ?? NaN))) > Math.log2(mostFaster);
}

/** Samples that a time of convergence must have in each run: below, no test can tell it from chance. */
const fewestTimes = 4;

/** Whether most of what a run measured was measured on a busy machine. */
function isBusy({ costs = [] }: RunRecord): boolean {
  const pairs = costs.flatMap((cost) => cost.pairs);
  return pairs.filter(({ busy }) => busy === true).length * 2 > pairs.length;
}

function changedTimes(before: RunRecord, after: RunRecord): Compared<FigureChange> {
  const times = (run: RunRecord) => run.measurements.filter(({ what }) => what === "converge");
  const pairs = times(after).flatMap((now) => {
    const old = times(before).find(({ id, variant }) => id === now.id && variant === now.variant);
    return old === undefined ? [] : [{ old, now }];
  });
  // Times are not paired: what else the machine had to do in one of the runs is in all of its times.
  const isQuiet = !isBusy(before) && !isBusy(after);
  const comparable = pairs.filter(
    ({ old, now }) => isQuiet && Math.min(old.samples.length, now.samples.length) >= fewestTimes,
  );
  const limit = familyError / Math.max(1, comparable.length);
  const changed = comparable
    .filter(({ old, now }) => rankSumP(old.samples, now.samples) <= limit)
    .map(({ old, now }) => ({ id: now.id, ...variantOf(now), unit: now.unit, before: old.median, after: now.median }));
  return { changed, alike: comparable.length - changed.length, incomparable: pairs.length - comparable.length };
}

interface Figure {
  readonly id: string;
  readonly variant?: string;
  readonly unit: string;
  readonly value: number;
}

function overheads(run: RunRecord): readonly Figure[] {
  return run.measurements.flatMap(({ id, variant, what, unit, median }) =>
    what === "overhead" ? [{ id, ...variantOf({ variant }), unit, value: median }] : [],
  );
}

/** Of each path that was swept through sizes: what it really passed. */
function mtus(run: RunRecord): readonly Figure[] {
  return run.scenarios.flatMap(({ variant, paths }) =>
    paths.flatMap(({ expectation: { path }, sizes = [] }): readonly Figure[] => {
      const passed = sizes.filter(({ outcome }) => outcome === "passed").map(({ bytes }) => bytes);
      if (passed.length === 0) return [];
      return [{ id: `${path.id} largest packet`, ...variantOf({ variant }), unit: "B", value: Math.max(...passed) }];
    }),
  );
}

function variantOf({ variant }: { readonly variant?: string | undefined }): { readonly variant?: string } {
  return variant === undefined ? {} : { variant };
}

function changedFigures(before: readonly Figure[], after: readonly Figure[]): readonly FigureChange[] {
  return after.flatMap(({ value, ...now }) => {
    const old = before.find(({ id, variant }) => id === now.id && variant === now.variant);
    return old === undefined || old.value === value ? [] : [{ ...now, before: old.value, after: value }];
  });
}

function pathsOf({ scenarios }: RunRecord): readonly string[] {
  return scenarios.flatMap(({ variant, paths }) =>
    paths.map(({ expectation: { path } }) => (variant === undefined ? path.id : `${path.id} (${variant})`)),
  );
}

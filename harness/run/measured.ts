import type { PathExpectation } from "../encap/expectation.ts";
import type { Mode } from "../encap/mode.ts";
import type { Cost } from "../measure/cost.ts";
import { estimateCosts, type ByBytes } from "../measure/estimate-costs.ts";
import { goodputRatio } from "../measure/goodput.ts";
import { judgeBaseline } from "../measure/judge-baseline.ts";
import { idleLimits, judgeLimits } from "../measure/judge-limits.ts";
import type { LabSamples } from "../measure/measure-network.ts";
import { sideFigures, type SideFigures } from "../measure/side-figures.ts";
import { summarize } from "../stats/summarize.ts";
import type { Plan } from "../topology/plan.ts";
import type { Verdict } from "../verify/verdict.ts";
import type { RunOrder } from "./order.ts";
import type { Measurement, Trouble } from "./record.ts";

/** What a mode was measured on: its labs, and what its paths had to be. */
export interface MeasuredMode {
  readonly mode: Mode;
  readonly variant?: string;
  readonly expectations: readonly PathExpectation[];
  /** In the order of building. */
  readonly labs: readonly LabSamples[];
  /** Seconds that the mode took to converge in each. */
  readonly convergences: readonly number[];
  /** Why no more labs were built, where that was left open. */
  readonly ended?: string;
}

/** What measuring a mode came to. */
export interface MeasuredOutcome {
  readonly costs: readonly Cost[];
  readonly measurements: readonly Measurement[];
  /** Of the gates that the order sets. */
  readonly verdicts: readonly Verdict[];
  readonly troubles: readonly Trouble[];
}

/** Estimates costs from all samples of a mode, and puts the order's gates to them. Pure. */
export function measuredOutcome(order: Pick<RunOrder, "plan" | "measuring">, measured: MeasuredMode): MeasuredOutcome {
  const { mode, variant, labs } = measured;
  const mark = variant === undefined ? {} : { variant };
  const samples = labs.flatMap((lab) => lab.samples);
  const costs = estimateCosts(mode.id, samples, byBytesOf(order.plan, measured)).map((cost) => ({ ...cost, ...mark }));
  const { limits, baseline } = order.measuring;
  const verdicts = [
    ...judgeLimits(limits, costs),
    ...(baseline === undefined ? [] : judgeBaseline(baseline.run, costs, baseline.most)),
  ];
  return {
    costs,
    measurements: measurementsOf(measured, sideFigures(samples)).map((measurement) => ({ ...measurement, ...mark })),
    verdicts,
    troubles: failuresOf(measured),
  };
}

/** Trouble for limits that met nothing in the whole run: a gate that nothing passes through is not a gate. */
export function idleGates({ measuring }: Pick<RunOrder, "measuring">, costs: readonly Cost[]): readonly Trouble[] {
  return idleLimits(measuring.limits, costs).map(({ text }) => ({
    phase: "throughput",
    message: `--max-cost ${text}: nothing of this kind was measured, so the gate says nothing`,
    category: "lab trouble",
  }));
}

function byBytesOf(plan: Plan, { expectations }: MeasuredMode): ByBytes {
  return (measured, { name }, baseline) => {
    if (name !== "throughput" && name !== "throughput-4") return undefined;
    const found = expectations.find(
      ({ path }) =>
        path.traffic === "pod-to-pod" && path.locality === measured.locality && path.family === measured.family,
    );
    if (found === undefined || found.pathMtu !== undefined || found.fragments !== undefined) return undefined;
    const { podMtu, overhead } = found;
    const bare = Math.min(...plan.nodes.map(({ uplink }) => uplink.mtu));
    const mode = { packetBytes: podMtu, overhead };
    if (baseline === "self") return 1;
    return goodputRatio(mode, baseline === "host" ? bare : podMtu, measured.family);
  };
}

function measurementsOf(measured: MeasuredMode, figures: readonly SideFigures[]): readonly Measurement[] {
  const { mode, labs, convergences, ended } = measured;
  const conditions = {
    ...labs[0]?.conditions,
    labs: String(labs.length),
    ...(ended === undefined ? {} : { ended }),
  };
  const indicative = labs.length === 1;
  const ofSides = figures.map(({ what, label, unit, values, words, quantiles, busy }): Measurement => {
    const { median, min, max } = summarize(values);
    const id = `${mode.id}/${what}/${label}`;
    const doubt = busy === 0 ? {} : { busy: `${busy} of ${values.length} samples on a busy machine` };
    return {
      ...{ id, what, mode: mode.id, unit, samples: values, median, min, max, indicative },
      ...(quantiles === undefined ? {} : { quantiles }),
      conditions: { measured: words, ...conditions, ...doubt },
    };
  });
  return [...ofSides, ...(convergences.length < 2 ? [] : [convergenceOf(mode, convergences)])];
}

function convergenceOf(mode: Mode, seconds: readonly number[]): Measurement {
  const { median, min, max } = summarize(seconds);
  const id = `${mode.id}/converge/all labs`;
  return {
    id,
    what: "converge",
    mode: mode.id,
    unit: "s",
    samples: seconds,
    median,
    min,
    max,
    indicative: false,
    conditions: {},
  };
}

function failuresOf({ labs, mode }: MeasuredMode): readonly Trouble[] {
  const failures = labs.flatMap(({ samples }, lab) =>
    samples.flatMap(({ reading, side, locality, exercise }) =>
      reading.failure === undefined ? [] : [`lab ${lab + 1}, ${locality}, ${side}, ${exercise}: ${reading.failure}`],
    ),
  );
  if (failures.length === 0) return [];
  const [first = ""] = failures;
  const more = failures.length > 1 ? ` (and ${failures.length - 1} more)` : "";
  const message = `${mode.id}: samples failed and are missing: ${first}${more}`;
  return [{ phase: "throughput", message, category: "lab trouble" }];
}

import type { Baseline, Cost, Finding } from "../measure/cost.ts";
import type { MetricName } from "../measure/metric.ts";
import type { RunRecord } from "../run/record.ts";

/** One ratio of one night: a line of `costs.ndjson`. Ratios are mode to baseline, as in run.json. */
export interface Night {
  readonly run: string;
  readonly startedAt: string;
  /** Id of the cost: `vxlan-always/cost/cross-subnet/v4/throughput/plain`. */
  readonly id: string;
  readonly variant?: string;
  readonly topology: string;
  readonly provider: string;
  readonly dataplane: string;
  readonly kernel: string;
  readonly metric: MetricName;
  readonly baseline: Baseline;
  readonly better: "higher" | "lower";
  readonly ratio: number;
  /** Ends of the 95 % interval. */
  readonly low: number;
  readonly high: number;
  readonly floor: number;
  readonly pairs: number;
  readonly busy: number;
  readonly labs: number;
  readonly finding: Finding;
}

/** What a run adds to the history: its costs that have an interval. Indicative ones would only blur it. */
export function nightsOf(record: RunRecord): readonly Night[] {
  return (record.costs ?? []).flatMap((cost): readonly Night[] => {
    const { interval, floor } = cost;
    if (interval === undefined || floor === undefined) return [];
    const { id, variant, metric, baseline, better, ratio, labs, finding } = cost;
    const [low, high] = interval;
    return [
      {
        run: record.id,
        startedAt: record.startedAt,
        id,
        ...(variant === undefined ? {} : { variant }),
        ...placeOf(record, cost),
        ...{ metric, baseline, better, ratio, low, high, floor },
        pairs: cost.pairs.length,
        busy: cost.pairs.filter(({ busy }) => busy === true).length,
        labs,
        finding,
      },
    ];
  });
}

/** What two nights must have in common to be told in one series. */
export function seriesOf({ id, variant, topology, provider, dataplane }: Night): string {
  return [id, variant ?? "", topology, provider, dataplane].join(" ");
}

function placeOf(
  { topology, environment, scenarios }: RunRecord,
  { mode, variant }: Cost,
): Pick<Night, "topology" | "provider" | "dataplane" | "kernel"> {
  const found = scenarios.find((one) => one.mode === mode && one.variant === variant);
  const { provider = "", dataplane = "", kernel = environment.kernel } = found ?? {};
  return { topology, provider, dataplane, kernel };
}

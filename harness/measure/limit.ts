import { UsageError } from "../core/errors.ts";
import { forms } from "../encap/expectation.ts";
import { modes } from "../encap/mode.ts";
import { localities } from "../encap/path.ts";
import { baselines, type Baseline, type Cost } from "./cost.ts";
import { metrics } from "./metric.ts";

/** What something may cost at most. */
export interface CostLimit {
  /** As it was written: `vxlan/cross-subnet/throughput=15%`. */
  readonly text: string;
  /** A form, the id of a mode, or `*`. */
  readonly subject: string;
  /** A locality, or `*`. */
  readonly locality: string;
  readonly metric: string;
  readonly baseline: Baseline;
  /** As a fraction: 0.15 for 15 %. */
  readonly most: number;
}

const fix = "write FORM/LOCALITY/METRIC[/BASELINE]=N%, for example vxlan/cross-subnet/throughput=15%";

/** Reads `vxlan/cross-subnet/throughput=15%`; the baseline is plain unless a fourth word names another. */
export function parseCostLimit(text: string): CostLimit {
  const match = /^([^/=]+)\/([^/=]+)\/([^/=]+)(?:\/([^/=]+))?=(\d+(?:\.\d+)?)%$/.exec(text);
  if (match === null) throw new UsageError(`--max-cost ${text} is not a valid limit`, { fix });
  const [, subject = "", locality = "", metric = "", baseline = "plain", percent = ""] = match;
  const ratios = metrics.filter(({ isRatio }) => isRatio).map(({ name }) => name);
  known(text, subject, [...forms, ...modes.map(({ id }) => id), "*"]);
  known(text, locality, [...localities, "*"]);
  known(text, metric, ratios);
  known(text, baseline, baselines);
  return { text, subject, locality, metric, baseline: baseline as Baseline, most: Number(percent) / 100 };
}

/** Whether a limit speaks of a cost. */
export function isLimited({ subject, locality, metric, baseline }: CostLimit, cost: Cost): boolean {
  return (
    (subject === "*" || subject === cost.form || subject === cost.mode) &&
    (locality === "*" || locality === cost.locality) &&
    metric === cost.metric &&
    baseline === cost.baseline
  );
}

function known(text: string, word: string, words: readonly string[]): void {
  if (words.includes(word)) return;
  throw new UsageError(`--max-cost ${text}: "${word}" is not one of ${words.join(", ")}`, { fix });
}

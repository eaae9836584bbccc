import { metrics, type Metric } from "./metric.ts";
import { percentile } from "./percentile.ts";
import { isBusy, type Sample, type SideName } from "./sample.ts";

/** What one side's samples of one metric were, for whoever wants figures beside ratios. */
export interface SideFigures {
  readonly what: "throughput" | "cpu" | "rtt" | "setup" | "jitter" | "loss";
  /** `cross-subnet`, `plain cross-subnet p50`, `host-to-host cross-subnet ×4` */
  readonly label: string;
  readonly unit: string;
  readonly words: string;
  /** In the order of measuring. */
  readonly values: readonly number[];
  /** Of all that the side's echoes took. */
  readonly quantiles?: readonly { readonly share: number; readonly value: number }[];
  /** How many of them were taken on a busy machine. */
  readonly busy: number;
}

/** The absolute figures of every side, class and metric; those of A/A sides are the mode's own once more and left out. */
export function sideFigures(samples: readonly Sample[]): readonly SideFigures[] {
  const told = samples.filter(({ side }) => side !== "again" && side !== "self");
  const places = [...new Set(told.map(placeOf))];
  return metrics.flatMap((metric) =>
    places.flatMap((place) => {
      const own = told.filter(
        (sample) => placeOf(sample) === place && sample.reading.values[metric.name] !== undefined,
      );
      if (own.length === 0) return [];
      const values = own.map(({ reading }) => reading.values[metric.name] ?? NaN);
      const { unit, words } = metric;
      return [
        { ...nameOf(metric, place), unit, words, values, ...quantilesOf(metric, own), busy: own.filter(isBusy).length },
      ];
    }),
  );
}

/** Shares at which distributions are told: every twentieth, and the tails. */
const shares = [0.01, ...Array.from({ length: 19 }, (_, index) => (index + 1) / 20), 0.99, 0.999];

function quantilesOf({ name }: Metric, samples: readonly Sample[]): Pick<SideFigures, "quantiles"> {
  const micros = name === "rtt-p50" ? samples.flatMap(({ reading }) => reading.micros ?? []) : [];
  if (micros.length === 0) return {};
  return { quantiles: shares.map((share) => ({ share, value: percentile(micros, share, 1) })) };
}

function placeOf({ side, locality, family }: Sample): string {
  const of: Readonly<Record<SideName, string>> = {
    mode: "",
    again: "",
    self: "",
    plain: "plain ",
    host: "host-to-host ",
  };
  return `${of[side]}${locality}${family === 6 ? " v6" : ""}`;
}

function nameOf({ name }: Metric, place: string): Pick<SideFigures, "what" | "label"> {
  const [what = "", detail] = name.split("-");
  const suffix = detail === undefined ? "" : ` ${detail === "4" ? "×4" : detail}`;
  return { what: what as SideFigures["what"], label: `${place}${suffix}` };
}

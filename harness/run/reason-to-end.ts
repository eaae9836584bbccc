import type { Cost } from "../measure/cost.ts";
import type { MeasuringProfile } from "../measure/profiles.ts";

/** How far measuring has come. */
export interface Progress {
  readonly labs: number;
  readonly minutes: number;
  /** What the samples so far say. */
  readonly costs: () => readonly Pick<Cost, "metric" | "interval">[];
}

/**
 * Why no further lab is built: "" where the design says how many there are, undefined where more are to come. Of costs throughput alone decides: it is
 * what limits are set for, and the last to become narrow.
 */
export function reasonToEnd(
  { design, until }: Pick<MeasuringProfile, "design" | "until">,
  { labs, minutes, costs }: Progress,
): string | undefined {
  if (labs < design.labs) return undefined;
  if (until === undefined) return "";
  const widths = costs().flatMap(({ metric, interval }) =>
    metric === "throughput" ? [interval === undefined ? Infinity : Math.log(interval[1] / interval[0]) / 2] : [],
  );
  const target = `± ${Number((until.halfWidth * 100).toFixed(2))} %`;
  if (widths.every((width) => width <= until.halfWidth))
    return `its target: every interval of throughput lies within ${target}, after ${labs} labs`;
  if (minutes <= until.mostMinutes) return undefined;
  const widest = Number((Math.max(...widths) * 100).toPrecision(2));
  const reached = Number.isFinite(widest) ? `, the widest at ± ${widest} %` : "";
  return `the time limit of ${until.mostMinutes} min, after ${labs} labs; the target was ${target}${reached}`;
}

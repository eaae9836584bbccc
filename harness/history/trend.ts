import { groupBy } from "../core/group-by.ts";
import { changePoints } from "../stats/change-points.ts";
import { seriesOf, type Night } from "./night.ts";

/** One ratio from night to night, oldest first. */
export interface Trend {
  readonly series: string;
  readonly nights: readonly Night[];
  /** Index of the first night of each new level. */
  readonly changes: readonly number[];
}

/** The series of a history, in the order in which they began. Changes inform; no gate knows of them. */
export function trendsOf(history: readonly Night[]): readonly Trend[] {
  const series = groupBy(history, seriesOf);
  return [...series].map(([key, nights]) => ({
    series: key,
    nights,
    changes: changePoints(nights.map(({ ratio }) => ratio)),
  }));
}

/** The nights since the last change: what is usual now. */
export function presentLevel({ nights, changes }: Trend): readonly Night[] {
  return nights.slice(changes.at(-1) ?? 0);
}

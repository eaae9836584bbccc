import { groupBy } from "../core/group-by.ts";
import type { PathRecord, RunRecord } from "../run/record.ts";

/** The first path of each kind in each mode: a page that carries every passed path's pictures would be too large to send. Pure. */
export function examplesOf({ scenarios }: Pick<RunRecord, "scenarios">): ReadonlySet<PathRecord> {
  const kinds = scenarios.flatMap(({ paths }) => [
    ...groupBy(paths, ({ expectation: { path } }) => `${path.traffic} ${path.locality} ${path.family}`).values(),
  ]);
  return new Set(kinds.flatMap(([first]) => (first === undefined ? [] : [first])));
}

import { diffRuns } from "../diff/diff-runs.ts";
import type { RunRecord } from "../run/record.ts";
import { summarizeVerdicts } from "../run/summary.ts";
import { identityOf, laneOf, type Configuration } from "./configuration.ts";
import type { Cell } from "./merge-runs.ts";
import type { SignedDiff } from "./signoff.ts";

/** Runs as one: records and the cells that were merged from them. */
export interface Merged {
  readonly records: readonly RunRecord[];
  readonly cells: readonly Cell[];
}

/**
 * What differs from a baseline, configuration by configuration. The one of the same lane is taken, of the same release where there
 * are several; a configuration that the baseline has not is compared with nothing.
 */
export function diffBaseline(before: Merged, after: Merged): readonly SignedDiff[] {
  const old = configurationsIn(before);
  return configurationsIn(after).flatMap((configuration) => {
    const rivals = old.filter((one) => laneOf(one) === laneOf(configuration));
    const rival = rivals.find((one) => identityOf(one) === identityOf(configuration)) ?? rivals[0];
    if (rival === undefined) return [];
    const [one, other] = [recordOf(before, rival), recordOf(after, configuration)];
    if (one === undefined || other === undefined) return [];
    const diff = diffRuns(one, other);
    return [{ configuration: configuration.title, before: rival.title, diff, lost: lostIn(one, other) }];
  });
}

function configurationsIn({ cells }: Merged): readonly Configuration[] {
  return [...new Map(cells.map(({ configuration }) => [identityOf(configuration), configuration])).values()];
}

/** All shares of a configuration as one record. */
function recordOf({ records, cells }: Merged, configuration: Configuration): RunRecord | undefined {
  const own = cells.filter((cell) => identityOf(cell.configuration) === identityOf(configuration));
  const runs = records.filter(({ id }) => own.some((cell) => cell.runs.includes(id)));
  const [first] = runs;
  if (first === undefined) return undefined;
  const isOwn = ({ variant }: { readonly variant?: string | undefined }): boolean => variant === configuration.variant;
  const verdicts = own.flatMap(({ judged }) => judged.map(({ verdict }) => verdict));
  return {
    ...first,
    id: [...new Set(runs.map(({ id }) => id))].join("+"),
    scenarios: runs.flatMap(({ scenarios }) => scenarios).filter(isOwn),
    verdicts,
    measurements: runs.flatMap(({ measurements }) => measurements).filter(isOwn),
    costs: runs.flatMap(({ costs = [] }) => costs).filter(isOwn),
    summary: summarizeVerdicts(verdicts),
  };
}

function lostIn(before: RunRecord, after: RunRecord): readonly string[] {
  const certified = (run: RunRecord): ReadonlySet<string> => {
    const open = new Set(run.verdicts.filter(({ status }) => status !== "pass").map(({ id }) => id));
    return new Set(run.verdicts.map(({ id }) => id).filter((id) => !open.has(id)));
  };
  const [old, now] = [certified(before), certified(after)];
  const failed = new Set(after.verdicts.filter(({ status }) => status === "fail").map(({ id }) => id));
  // What fails now is said as a failure.
  return [...old].filter((id) => !now.has(id) && !failed.has(id));
}

import type { RunRecord } from "../run/record.ts";
import type { PathOutcome } from "./path-outcome.ts";

/** When something began and ended, in milliseconds since the epoch. */
export interface Times {
  readonly start: number;
  readonly stop: number;
}

/** When a path's packets were on the wires; what was not seen, or is not a path, takes no time at the run's beginning. */
export function timesOf({ path }: Pick<PathOutcome, "path">, record: Pick<RunRecord, "startedAt">): Times {
  const start = Date.parse(record.startedAt);
  const heard = path?.heard;
  if (heard === undefined) return { start, stop: start };
  return { start: Math.round(heard.from * 1000), stop: Math.round(heard.until * 1000) };
}

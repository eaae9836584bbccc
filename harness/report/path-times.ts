import type { RunRecord, ScenarioRecord } from "../run/record.ts";
import type { PathOutcome } from "./path-outcome.ts";

/** When something began and ended, in milliseconds since the epoch. */
export interface Times {
  readonly start: number;
  readonly stop: number;
}

type Phases = Pick<ScenarioRecord, "phases">;

/**
 * When a path's packets were on the wires, or when the kernels were watched that a verdict is about; what was not seen takes no time at
 * the run's beginning.
 */
export function timesOf(
  { id, path, status }: Pick<PathOutcome, "id" | "path" | "status">,
  scenario: Phases,
  record: Pick<RunRecord, "startedAt">,
): Times {
  const start = Date.parse(record.startedAt);
  const heard = path?.heard;
  if (heard !== undefined) return { start: Math.round(heard.from * 1000), stop: Math.round(heard.until * 1000) };
  const watched =
    path === undefined && status !== "skip" ? spanOf(scenario, phasesFor(id.split("/")[1] ?? "")) : undefined;
  return watched ?? { start, stop: start };
}

/** When costs were measured; or, where they were not, when everything else was. */
export function measuringTimes(scenario: Phases | undefined, record: Pick<RunRecord, "startedAt">): Times {
  const start = Date.parse(record.startedAt);
  const span = scenario && (spanOf(scenario, /^throughput$/) ?? spanOf(scenario, /^probes$/));
  return span ?? { start, stop: start };
}

/** The phases in which a question about nodes is answered: changes need two looks, and the sentinel listens to the end. */
function phasesFor(question: string): RegExp {
  if (question === "sentinel" || question === "next-hop-mac") return /^(?:capture|verdicts|throughput)$/;
  if (question === "steady") return /^(?:capture self-check|verdicts)$/;
  return question === "control" ? /^control: / : /^verdicts$/;
}

/** From the first of the named phases to the end of the last; records of before tell no times of day. */
function spanOf({ phases }: Phases, named: RegExp): Times | undefined {
  const spans = phases.flatMap(({ phase, startedAt, ms }) => {
    if (startedAt === undefined || !named.test(phase)) return [];
    const start = Date.parse(startedAt);
    return [{ start, stop: Math.round(start + ms) }];
  });
  if (spans.length === 0) return undefined;
  return { start: Math.min(...spans.map(({ start }) => start)), stop: Math.max(...spans.map(({ stop }) => stop)) };
}

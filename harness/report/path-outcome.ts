import { groupBy } from "../core/group-by.ts";
import type { ModeId } from "../encap/mode.ts";
import type { PathRecord, RunRecord, ScenarioRecord } from "../run/record.ts";
import type { Category, Status, Verdict } from "../verify/verdict.ts";

/** One path (or one node's control plane, or one speaker's BGP) with all verdicts on it: what every report shows as one item. */
export interface PathOutcome {
  /** Path id, or `<mode>/control-plane/<node>`, or `<mode>/bgp/<node or router>`. */
  readonly id: string;
  readonly mode: ModeId;
  /** Missing for verdicts on nodes and routers. */
  readonly path?: PathRecord;
  readonly verdicts: readonly Verdict[];
  readonly status: Status;
  /** One sentence why it is not a pass; empty for a pass. */
  readonly reason: string;
  /** Missing for passes and skips. */
  readonly category?: Category;
  /** Command that repeats it; missing = by the path's id. */
  readonly again?: string;
}

/** What of a scenario its outcomes are made from. */
type JudgedScenario = Pick<ScenarioRecord, "mode" | "variant" | "paths">;

/** All outcomes of a scenario: its paths in their order, then what else was judged in its mode. */
export function outcomesOf(scenario: JudgedScenario, verdicts: readonly Verdict[]): readonly PathOutcome[] {
  const byId = groupBy(
    verdicts.filter(({ variant }) => variant === scenario.variant),
    ({ id }) => id,
  );
  const paths = scenario.paths.map((path) => {
    const { id } = path.expectation.path;
    return outcomeOf(id, scenario.mode, byId.get(id) ?? [], path);
  });
  const known = new Set(paths.map((outcome) => outcome.id));
  const others = [...byId]
    .filter(([id]) => !known.has(id) && id.startsWith(`${scenario.mode}/`))
    .map(([id, own]) => outcomeOf(id, scenario.mode, own));
  return [...paths, ...others];
}

/** All outcomes of a run, scenario by scenario. */
export function runOutcomes(record: RunRecord): readonly PathOutcome[] {
  return record.scenarios.flatMap((scenario) => outcomesOf(scenario, record.verdicts));
}

/** The verdict that speaks for the others: the first of the worst status. */
export function leadingVerdict(outcome: PathOutcome): Verdict | undefined {
  return outcome.verdicts.find((verdict) => verdict.status === outcome.status);
}

/** Worst first: a failure outweighs a doubt, a doubt outweighs a pass, and a skip counts only where nothing else was said. */
const severity: readonly Status[] = ["fail", "inconclusive", "pass", "skip"];

function outcomeOf(id: string, mode: ModeId, verdicts: readonly Verdict[], path?: PathRecord): PathOutcome {
  const skip = path?.expectation.skip;
  const judged = severity.find((status) => verdicts.some((verdict) => verdict.status === status));
  const status = judged ?? (skip === undefined ? "inconclusive" : "skip");
  const leading = verdicts.find((verdict) => verdict.status === status);
  const category = leading?.category ?? (status === "inconclusive" ? "inconclusive" : undefined);
  return {
    id,
    mode,
    ...(path === undefined ? {} : { path }),
    verdicts,
    status,
    reason: status === "pass" ? "" : (leading?.reason ?? skip ?? fallback(leading)),
    ...(category === undefined || status === "pass" || status === "skip" ? {} : { category }),
  };
}

function fallback(leading: Verdict | undefined): string {
  if (leading === undefined) return "no check applied to this path";
  return `expected ${leading.expected}, observed ${leading.observed}`;
}

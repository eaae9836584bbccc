import type { RunRecord } from "../run/record.ts";
import { outcomesOf, type PathOutcome } from "./path-outcome.ts";
import { pathTitle } from "./path-title.ts";
import { renderGrids } from "./render-grid.ts";
import { renderProblem } from "./render-problem.ts";
import { summarize } from "./run-summary.ts";
import { scenarioTitle } from "./scenario-title.ts";
import { plainStyle } from "./style.ts";

/** What stands above all else on the page of something wrong: expected, observed, why, the hops, and how to see it again. */
export function describeOutcome(outcome: PathOutcome, repeat: readonly string[], folder: string): string | undefined {
  const { status, reason } = outcome;
  if (status === "pass") return undefined;
  if (status === "skip") return `Skipped: ${reason}`;
  const titled = outcome.path === undefined ? outcome : { ...outcome, id: pathTitle(outcome) };
  return fence(renderProblem(titled, { style: plainStyle, folder, repeat, verbose: false }));
}

/** What stands above all else on the page of the run: the decision, then from × to in every mode. */
export function describeRun(record: RunRecord): string {
  const grids = record.scenarios.flatMap((scenario) => {
    const outcomes = outcomesOf(scenario, record.verdicts);
    return ["", scenarioTitle(scenario), ...renderGrids(outcomes, { style: plainStyle, all: true })];
  });
  return fence([summarize(record).verdict, ...grids]);
}

function fence(lines: readonly string[]): string {
  return ["```", ...lines, "```"].join("\n");
}

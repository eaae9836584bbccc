import type { Measurement, RunEvent } from "../run/record.ts";
import { renderCosts } from "./render-costs.ts";
import { renderMeasurements } from "./render-measurements.ts";
import { outcomesOf } from "./path-outcome.ts";
import { renderProblem, type ProblemOptions } from "./render-problem.ts";
import { scenarioTitle } from "./scenario-title.ts";

/** Figures that mean something by themselves; of the others the ratios are told. */
const shown: ReadonlySet<string> = new Set(["throughput", "loss", "converge"]);

export interface MeasuredOptions extends ProblemOptions {
  readonly quiet: boolean;
  /** The mode's name stands above already. */
  readonly headed: boolean;
}

/** What ended measuring, where that was left open. */
function endedLine(measurements: readonly Measurement[]): readonly string[] {
  const ended = measurements.find(({ conditions }) => conditions.ended !== undefined)?.conditions.ended;
  return ended === undefined ? [] : [`  · measuring ended by ${ended}`];
}

/** Everything a person reads about what a mode costs: figures, ratios, then the gates that did not let it pass. */
export function renderMeasured(
  { scenario, measurements, costs, verdicts }: Extract<RunEvent, { kind: "measured" }>,
  options: MeasuredOptions,
): string {
  const outcomes = outcomesOf({ ...scenario, paths: [] }, verdicts);
  const problems = outcomes
    .filter(({ status }) => status === "fail" || status === "inconclusive")
    .flatMap((outcome) => renderProblem(outcome, options));
  const passed = verdicts.filter(({ status }) => status === "pass").length;
  const gates = verdicts.length === 0 ? [] : [`  · gates: ${passed} of ${verdicts.length} passed`];
  const body = options.quiet
    ? problems
    : [
        ...renderMeasurements(measurements.filter(({ what }) => options.verbose || shown.has(what))).map(
          (line) => `  · ${line}`,
        ),
        ...renderCosts(costs, options.style),
        ...endedLine(measurements),
        ...gates,
        ...problems,
      ];
  if (body.length === 0) return "";
  const heading = options.headed ? [] : [options.style.strong(scenarioTitle(scenario))];
  return `${[...heading, ...body].join("\n")}\n`;
}

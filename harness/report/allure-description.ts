import type { Cause } from "../cause/cause.ts";
import type { HopRecord, PathRecord } from "../run/record.ts";
import type { AllureContext } from "./allure-context.ts";
import { outcomesOf, type PathOutcome } from "./path-outcome.ts";
import { pathTitle } from "./path-title.ts";
import { causeLines } from "./render-causes.ts";
import { renderGrids } from "./render-grid.ts";
import { renderProblem } from "./render-problem.ts";
import { scenarioTitle } from "./scenario-title.ts";
import { repeatOf } from "./see-it.ts";
import { plainStyle } from "./style.ts";

/** What stands above all else on the page of something wrong: the cause, expected, observed, the hops, and how to see it again. */
export function describeOutcome(
  outcome: PathOutcome,
  { record, folder, causes }: Pick<AllureContext, "record" | "folder"> & { readonly causes: readonly Cause[] },
): string | undefined {
  const { status, reason, path } = outcome;
  if (status === "pass") return undefined;
  if (status === "skip") return `Skipped: ${reason}`;
  const titled = path === undefined ? outcome : { ...outcome, id: pathTitle(outcome) };
  const own = causes.filter(({ explains }) => explains.includes(outcome.id));
  const problem = renderProblem(titled, { style: plainStyle, folder, repeat: repeatOf(record), verbose: false });
  return fence([
    ...causeLines({ causes: own }, { style: plainStyle, verbose: true }),
    ...(path === undefined ? [] : hopPicture(path)),
    ...problem,
  ]);
}

/** What stands above all else on the page of the run: the decision, then from × to in every mode. */
export function describeRun({ record, summary }: Pick<AllureContext, "record" | "summary">): string {
  const grids = record.scenarios.flatMap((scenario) => {
    const outcomes = outcomesOf(scenario, record.verdicts);
    return [
      "",
      scenarioTitle(scenario),
      ...causeLines(scenario, { style: plainStyle, verbose: false }),
      ...renderGrids(outcomes, { style: plainStyle, all: true }),
    ];
  });
  return fence([summary.verdict, ...grids]);
}

/** The hops of both directions as a line of text each, wrong ones marked: the page takes pictures out of descriptions. */
function hopPicture({ hops }: PathRecord): readonly string[] {
  const lines = (["forward", "reverse"] as const).flatMap((direction) => {
    const own = hops.filter((hop) => hop.direction === direction && hop.role !== "silent");
    return own.length === 0 ? [] : [`  ${direction}  ${own.map(hopWords).join(" ──▶ ")}`];
  });
  return lines.length === 0 ? [] : [...lines, ""];
}

function hopWords({ node, device, observed, packets, ok }: HopRecord): string {
  return `${ok ? "" : "✘ "}[${node}/${device} ${packets === 0 ? "nothing" : observed}]`;
}

function fence(lines: readonly string[]): string {
  return ["```", ...lines, "```"].join("\n");
}

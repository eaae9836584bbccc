import { groupBy } from "../core/group-by.ts";
import type { Measurement, ScenarioRecord } from "../run/record.ts";
import type { Verdict } from "../verify/verdict.ts";
import { formatCount, formatMs, plural } from "./format.ts";
import { outcomesOf, type PathOutcome } from "./path-outcome.ts";
import { renderGrids } from "./render-grid.ts";
import { causeLines } from "./render-causes.ts";
import { renderMeasurements, renderMtu } from "./render-measurements.ts";
import { renderBriefProblem, renderProblem, type ProblemOptions } from "./render-problem.ts";
import { scenarioTitle } from "./scenario-title.ts";
import { marks, paint, type Style } from "./style.ts";

export interface ScenarioOptions extends ProblemOptions {
  /** Only what is not as it must be. */
  readonly quiet: boolean;
  /** The mode's name stands above already. */
  readonly headed: boolean;
  /** Leave out how long each phase took: told already, line by line. */
  readonly phasesTold: boolean;
}

/** Everything a person reads about one mode: how it was run, the grid, the measurements, then every problem. Ends with a line end, or is empty. */
export function renderScenario(
  scenario: ScenarioRecord,
  verdicts: readonly Verdict[],
  measurements: readonly Measurement[],
  options: ScenarioOptions,
): string {
  const outcomes = outcomesOf(scenario, verdicts);
  const own = outcomes.flatMap((outcome) => outcome.verdicts);
  const problems = [
    ...causeLines(scenario, { ...options, failed: outcomes.filter(({ status }) => status === "fail").length }),
    ...kindLines(outcomes, options.style),
    ...problemLines(scenario, outcomes, options),
  ];
  if (scenario.skip !== undefined) {
    const skip = skipLine(scenario.skip, outcomes.length, options.style);
    return options.quiet ? "" : [options.style.strong(scenarioTitle(scenario)), skip].join("\n") + "\n";
  }
  const body = options.quiet
    ? problems
    : [
        ...progressLines(scenario, options),
        ...renderGrids(outcomes, { style: options.style, all: options.verbose }),
        ...stateLines(outcomes),
        ...[...renderMeasurements(measurements), ...renderMtu(scenario, own)].map((line) => `  · ${line}`),
        ...coverageLines(scenario),
        ...skippedLines(outcomes, options.style),
        ...problems,
      ];
  const heading = options.headed ? [] : [options.style.strong(scenarioTitle(scenario))];
  return body.length === 0 ? "" : [...heading, ...body].join("\n") + "\n";
}

/** Unless verbose, the first problem of each cause, and of each category that no cause explains, is shown in full, the others in two lines; beyond this many a count. */
const listedProblems = 12;

function progressLines(scenario: ScenarioRecord, { style, phasesTold }: ScenarioOptions): readonly string[] {
  const phases = phasesTold ? "" : scenario.phases.map(({ phase, ms }) => `${phase} ${formatMs(ms)}`).join(" · ");
  const { capture, notes = [] } = scenario;
  const captured =
    capture &&
    `${plural(capture.packets, "packet")} at ${plural(capture.taps, "tap")}, ${formatCount(capture.droppedByKernel)} dropped by the kernel`;
  return [...notes, phases, captured]
    .filter((text): text is string => text !== undefined && text !== "")
    .map((text) => `  ${style.faint("·")} ${text}`);
}

/** What a green run does not say. */
function coverageLines({ coverage }: ScenarioRecord): readonly string[] {
  if (coverage === undefined) return [];
  const { seed, notAsked } = coverage;
  const drawn = seed === undefined ? "" : ` (pods, ports and sizes drawn by --seed ${seed})`;
  return [`  · not asked: ${notAsked.join("; ")}${drawn}`];
}

function skipLine(reason: string, paths: number, style: Style): string {
  return `  ${paint(style, "skip", `${marks.skip} ${plural(paths, "path")} skipped: ${reason}`)}`;
}

/** Questions about nodes and routers, not paths, in the order in which they are shown. */
const states = {
  sentinel: "nothing astray",
  "next-hop-mac": "MACs of next hops",
  "control-plane": "control plane",
  neighbors: "neighbors answer",
  "connection-tracking": "connection tracking",
  "interface-errors": "errors of devices",
  steady: "steady in the run",
  bgp: "BGP speakers",
  control: "red in another mode",
} as const;

/** What is judged per node or router and not per path, one line per question. */
function stateLines(outcomes: readonly PathOutcome[]): readonly string[] {
  return Object.entries(states).flatMap(([check, title]) => {
    const own = outcomes.filter((outcome) => outcome.id.startsWith(`${outcome.mode}/${check}/`));
    if (own.length === 0) return [];
    const passed = own.filter((outcome) => outcome.status === "pass").length;
    return [`    ${title.padEnd(22)}${passed} of ${own.length} as expected`];
  });
}

function skippedLines(outcomes: readonly PathOutcome[], style: Style): readonly string[] {
  const skipped = outcomes.filter((outcome) => outcome.status === "skip");
  const reasons = [...new Set(skipped.map((outcome) => outcome.reason))];
  return reasons.map((reason) => {
    const count = skipped.filter((outcome) => outcome.reason === reason).length;
    return `  ${paint(style, "skip", `${marks.skip} ${plural(count, "path")} skipped: ${reason}`)}`;
  });
}

/** One line for each kind of failure, so that a reader sees what failed before fourteen paths that failed alike. */
function kindLines(outcomes: readonly PathOutcome[], style: Style): readonly string[] {
  const failed = outcomes.filter(({ status }) => status === "fail");
  const kinds = [...groupBy(failed, ({ category }) => category ?? "failed")];
  if (failed.length <= kinds.length) return [];
  const width = Math.max(...kinds.map(([kind]) => kind.length));
  return kinds.map(([kind, own]) => {
    const names = own.map(({ id }) => id.split("/").at(-1) ?? id);
    const shown = [...new Set(names)].slice(0, namedOfKind).join(", ");
    const more = new Set(names).size > namedOfKind ? ", …" : "";
    return `  ${paint(style, "fail", `${marks.fail} ${kind.padEnd(width)}`)}  ${plural(own.length, "item")}: ${shown}${more}`;
  });
}

/** Ends of paths that a line about a kind of failure names. */
const namedOfKind = 6;

function problemLines(
  { causes = [] }: ScenarioRecord,
  outcomes: readonly PathOutcome[],
  options: ScenarioOptions,
): readonly string[] {
  const problems = (["fail", "inconclusive"] as const).flatMap((status) =>
    outcomes.filter((outcome) => outcome.status === status),
  );
  // Failures of one cause are one failure: the first path shows it in full.
  const kindOf = ({ id, category }: PathOutcome): string | undefined =>
    causes.find(({ explains }) => explains.includes(id))?.sentence ?? category;
  const isFull = (outcome: PathOutcome): boolean =>
    options.verbose || problems.find((other) => kindOf(other) === kindOf(outcome)) === outcome;
  const full = problems.filter(isFull);
  const others = problems.filter((outcome) => !isFull(outcome));
  const rest = others.length - listedProblems;
  return [
    ...full.flatMap((outcome) => renderProblem(outcome, options)),
    ...others.slice(0, listedProblems).flatMap((outcome) => renderBriefProblem(outcome, options.style)),
    ...(rest > 0 ? [`  … and ${rest} more in run.json and in the report`] : []),
  ];
}

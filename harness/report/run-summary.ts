import type { Cause } from "../cause/cause.ts";
import { ExitCode } from "../core/errors.ts";
import { traffics } from "../encap/path.ts";
import type { Measurement, PathRecord, RunRecord, ScenarioRecord } from "../run/record.ts";
import type { Status } from "../verify/verdict.ts";
import { cellsOf, type GridCell } from "./grid-cell.ts";
import { plural } from "./format.ts";
import { measuredOn } from "./render-measurements.ts";
import { leadingVerdict, outcomesOf, type PathOutcome } from "./path-outcome.ts";
import { pathTitle } from "./path-title.ts";
import { scenarioTitle } from "./scenario-title.ts";
import { againCommand, repeatOf, seeItCommands } from "./see-it.ts";
import { testOutcomes } from "./test-outcome.ts";

/** A run on one page, as a value: what `summary.json` holds and `summary.html` and `summary.md` show. */
export interface RunSummary {
  readonly id: string;
  readonly startedAt: string;
  readonly seconds: number;
  readonly decision: "go" | "no-go";
  /** The decision and why, in words. */
  readonly verdict: string;
  readonly topology: string;
  readonly modes: readonly ModeSummary[];
  /** Your own tests, in the order in which they ran. */
  readonly tests: readonly { readonly title: string; readonly status: Status; readonly reason: string }[];
  readonly troubles: readonly string[];
  /** The fault that the run put into its own lab; missing = none. */
  readonly injected?: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly command: string;
}

/** One mode of a run. */
export interface ModeSummary {
  readonly title: string;
  readonly provider: string;
  readonly dataplane: string;
  readonly grids: readonly Grid[];
  /** What explains what failed, the most likely first. */
  readonly causes: readonly CauseSummary[];
  readonly coverage: Coverage;
  readonly costs: readonly Cost[];
  /** The first of each category, then how many more are like it. */
  readonly failures: readonly Failure[];
}

/** A cause in a sentence, what to do, who met it, and how many paths and nodes it explains. */
type CauseSummary = Pick<Cause, "sentence" | "fix" | "issues"> & { readonly explains: number };

/** From × to: what must be, and whether it was; a cell that was not asked is missing. */
export interface Grid {
  readonly title: string;
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly cells: readonly GridCell[];
}

/** What was asked and what came of it, in paths and nodes; a skip is never a pass. */
interface Coverage {
  readonly proven: number;
  readonly wrong: number;
  readonly inconclusive: number;
  readonly skipped: readonly { readonly reason: string; readonly count: number }[];
  readonly notAsked: readonly string[];
}

/** What a mode costs, with what it was measured on. */
type Cost = Pick<Measurement, "what" | "unit" | "median" | "min" | "max" | "indicative"> & {
  readonly on: string;
  readonly samples: number;
};

/** Something that went wrong, and how many paths alike. */
export interface Failure {
  readonly id: string;
  readonly title: string;
  readonly status: Status;
  readonly category: string;
  readonly expected: string;
  readonly observed: string;
  readonly reason: string;
  /** Commands that show its packets, from within the results folder, and that ask it again. */
  readonly commands: readonly string[];
  readonly alike: number;
  /** The path with its hops; not in the JSON, which run.json has in full. */
  readonly path?: PathRecord;
}

/** Sums up a record. Pure. */
export function summarize(record: RunRecord): RunSummary {
  return {
    id: record.id,
    startedAt: record.startedAt,
    seconds: record.durationMs / 1000,
    decision: record.exitCode === ExitCode.pass ? "go" : "no-go",
    verdict: verdictOf(record),
    topology: record.topology,
    modes: record.scenarios.map((scenario) => modeOf(scenario, record)),
    tests: testOutcomes(record).map(({ title, verdict }) => ({
      title,
      status: verdict.status,
      reason: verdict.reason ?? "",
    })),
    troubles: record.troubles.map(({ phase, message }) => `${phase}: ${message}`),
    ...injectedIn(record),
    versions: versionsOf(record),
    command: record.command,
  };
}

function injectedIn({ again = [] }: RunRecord): Pick<RunSummary, "injected"> {
  const fault = again[again.indexOf("--fault") + 1];
  return again.includes("--fault") && fault !== undefined ? { injected: fault } : {};
}

function verdictOf({ exitCode, summary, troubles }: RunRecord): string {
  const { pass, fail, inconclusive, skip } = summary;
  const asked = `${pass} of ${pass + fail + inconclusive} checks passed`;
  const left = skip === 0 ? "" : `; ${skip} skipped and therefore not certified`;
  switch (exitCode) {
    case ExitCode.pass:
      return `Go: ${asked}${left}.`;
    case ExitCode.fail:
      return `No-go: ${plural(fail, "check")} failed on the wire; ${asked}${left}.`;
    case ExitCode.usage:
      return "No-go: nothing was checked.";
    case ExitCode.interrupted:
      return `No-go: the run was interrupted; until then ${asked}.`;
    case ExitCode.lab:
      return troubles.length > 0
        ? `No-go: the lab broke, which says nothing about encapsulation; ${asked}${left}.`
        : `No-go: ${plural(inconclusive, "check")} could not be proven; ${asked}${left}.`;
  }
}

function modeOf(scenario: ScenarioRecord, record: RunRecord): ModeSummary {
  const outcomes = outcomesOf(scenario, record.verdicts);
  const measured = record.measurements.filter(
    ({ mode, variant }) => mode === scenario.mode && variant === scenario.variant,
  );
  return {
    title: scenarioTitle(scenario),
    provider: scenario.provider,
    dataplane: scenario.dataplane,
    grids: gridsOf(outcomes),
    causes: (scenario.causes ?? []).map(({ sentence, fix, issues, explains }) => ({
      sentence,
      fix,
      issues,
      explains: explains.length,
    })),
    coverage: coverageOf(outcomes, scenario),
    costs: measured.map(costOf),
    failures: failuresOf(outcomes, repeatOf(record)),
  };
}

function gridsOf(outcomes: readonly PathOutcome[]): readonly Grid[] {
  const cells = cellsOf(outcomes);
  const families = [...new Set(cells.map(({ family }) => family))].sort();
  return families.flatMap((family) =>
    traffics.flatMap((traffic) => {
      const own = cells.filter((cell) => cell.traffic === traffic && cell.family === family);
      if (own.length === 0) return [];
      const title = families.length > 1 || family === 6 ? `${traffic}, IPv${family}` : traffic;
      return [{ title, sources: namesOf(own, "source"), targets: namesOf(own, "target"), cells: own }];
    }),
  );
}

function namesOf<Key extends string>(cells: readonly Readonly<Record<Key, string>>[], key: Key): readonly string[] {
  return [...new Set(cells.map((cell) => cell[key]))].sort();
}

function coverageOf(outcomes: readonly PathOutcome[], { coverage }: ScenarioRecord): Coverage {
  const of = (status: Status): readonly PathOutcome[] => outcomes.filter((outcome) => outcome.status === status);
  const reasons = of("skip").map(({ reason }) => reason);
  return {
    proven: of("pass").length,
    wrong: of("fail").length,
    inconclusive: of("inconclusive").length,
    skipped: [...new Set(reasons)].map((reason) => ({
      reason,
      count: reasons.filter((one) => one === reason).length,
    })),
    notAsked: coverage?.notAsked ?? [],
  };
}

function costOf(measurement: Measurement): Cost {
  const { what, unit, median, min, max, indicative, samples } = measurement;
  return { what, on: measuredOn(measurement), unit, median, min, max, indicative, samples: samples.length };
}

function failuresOf(outcomes: readonly PathOutcome[], repeat: readonly string[]): readonly Failure[] {
  const wrong = (["fail", "inconclusive"] as const).flatMap((status) =>
    outcomes.filter((one) => one.status === status),
  );
  const categories = [...new Set(wrong.map(({ category }) => category))];
  return categories.flatMap((category) => {
    const [first, ...others] = wrong.filter((outcome) => outcome.category === category);
    if (first === undefined) return [];
    const leading = leadingVerdict(first);
    return [
      {
        id: first.id,
        title: pathTitle(first),
        status: first.status,
        category: category ?? first.status,
        expected: leading?.expected ?? "",
        observed: leading?.observed ?? first.reason,
        reason: first.reason,
        commands: first.path === undefined ? [] : commandsFor(first.path, repeat),
        alike: others.length,
        ...(first.path === undefined ? {} : { path: first.path }),
      },
    ];
  });
}

function commandsFor(path: PathRecord, repeat: readonly string[]): readonly string[] {
  return [...seeItCommands(path, ".").slice(0, 1), againCommand(path, repeat)];
}

function versionsOf({ environment, scenarios }: RunRecord): Readonly<Record<string, string>> {
  const { version, kernel, os, node, cpus } = environment;
  const made = Object.assign({}, ...scenarios.map(({ versions = {} }) => versions)) as Record<string, string>;
  return { encaplab: version, kernel, os, Node: node, CPUs: String(cpus), ...made };
}

import { Status as AllureStatus, type Label, type Parameter } from "allure-js-commons";
import { onceFor } from "../core/once-for.ts";
import { isLarge } from "../run/large-run.ts";
import type { Measurement, RunRecord, ScenarioRecord } from "../run/record.ts";
import { attachPictures, attachMeasurements, attachRun, elsewhere, evidenceOf } from "./allure-attachments.ts";
import { categorized } from "./allure-categories.ts";
import { attachText, type AllureContent, type AllureStep, type AllureTest } from "./allure-item.ts";
import type { AllureContext } from "./allure-context.ts";
import { checksStep, checkStep, statusOf } from "./allure-verdict.ts";
import { writtenTests } from "./allure-written-tests.ts";
import { outcomesOf, type PathOutcome } from "./path-outcome.ts";
import { pathTitle } from "./path-title.ts";
import { measuringTimes, timesOf } from "./path-times.ts";
import { scenarioTitle } from "./scenario-title.ts";
import { renderSummaryPage } from "./summary-html.ts";
import { describeOutcome, describeRun } from "./allure-description.ts";

/** Every test of a record: one per path, per node's control plane and per mode's measurements, and one for the run. */
export function* allureTests(context: AllureContext): Generator<AllureTest> {
  const { record } = context;
  for (const scenario of record.scenarios) yield* scenarioTests(scenario, context);
  yield* writtenTests(context);
  const general = record.measurements.filter((measurement) => measurement.mode === undefined);
  if (general.length > 0) yield measurementsTest(["run"], "run", general, context);
  yield runTest(context);
}

function* scenarioTests(scenario: ScenarioRecord, context: AllureContext): Generator<AllureTest> {
  const { record } = context;
  const title = scenarioTitle(scenario);
  if (scenario.skip !== undefined) yield skippedMode([title, "lab"], scenario.mode, scenario.skip, record);
  for (const outcome of outcomesOf(scenario, record.verdicts)) {
    yield pathTest([title, outcome.id.split("/")[1] ?? "other"], scenario, outcome, context);
  }
  const own = record.measurements.filter(({ mode, variant }) => mode === scenario.mode && variant === scenario.variant);
  if (own.length > 0) yield measurementsTest([title, "measurements"], scenario.mode, own, context, scenario);
}

/** A path (or one node's control plane): a step per check, all evidence attached. */
function pathTest(
  suites: readonly string[],
  scenario: ScenarioRecord,
  outcome: PathOutcome,
  context: AllureContext,
): AllureTest {
  const description = describeOutcome(outcome, { ...context, causes: scenario.causes ?? [] });
  const skipped = outcome.status === "skip" ? [{ name: "skip", value: outcome.reason }] : [];
  return {
    suites,
    name: pathTitle(outcome),
    id: outcome.id,
    ...statusOf(outcome, scenario.causes),
    ...(description === undefined ? {} : { description }),
    labels: [...pathLabels(outcome), ...skipped],
    parameters: pathParameters(outcome, scenario),
    content: contentOf(outcome, context),
    ...timesOf(outcome, scenario, context.record),
  };
}

/** Of many paths one that passed and looks like an example is told in one step. */
function contentOf(outcome: PathOutcome, context: AllureContext): readonly AllureContent[] {
  const { status, path, verdicts } = outcome;
  const { record, examples } = context;
  if (status === "pass" && path !== undefined && !examples.has(path) && isLargeRun(record))
    return [checksStep(verdicts, elsewhere(path, context))];
  return [...verdicts.map(checkStep), ...evidenceOf(outcome, context)];
}

/** Every path asks. */
const isLargeRun = onceFor(({ scenarios }: RunRecord) => isLarge(scenarios.flatMap(({ paths }) => paths)));

/** A mode that was skipped whole, so that its absence is seen. */
function skippedMode(suites: readonly string[], mode: string, reason: string, record: RunRecord): AllureTest {
  return {
    suites,
    name: `${mode}/lab`,
    status: AllureStatus.SKIPPED,
    details: { message: reason },
    description: `Skipped: ${reason}`,
    labels: [...modeLabels(mode, "lab"), { name: "skip", value: reason }],
    content: [],
    ...atStart(record),
  };
}

/** Carries measurements: charts, samples and conditions. It judges nothing. */
function measurementsTest(
  suites: readonly string[],
  mode: string,
  measurements: readonly Measurement[],
  { record, pictures }: AllureContext,
  scenario?: ScenarioRecord,
): AllureTest {
  const own = scenario === undefined ? [] : (pictures.get(scenario) ?? []);
  return {
    suites,
    name: `${mode}/measurements`,
    status: AllureStatus.PASSED,
    labels: modeLabels(mode, "measurements"),
    content: [...attachPictures(own), ...attachMeasurements(mode, measurements)],
    ...measuringTimes(scenario, record),
  };
}

/** The run itself: broken with every trouble there was, and with run.json attached. */
function runTest(context: AllureContext): AllureTest {
  const { record } = context;
  const troubles = record.troubles.map(({ phase, message }) => troubleStep(`${phase}: ${message}`));
  const nothing = record.verdicts.length === 0 && record.scenarios.every((scenario) => scenario.skip === undefined);
  const [wrong] = nothing && troubles.length === 0 ? [troubleStep("nothing was checked")] : troubles;
  const { start } = atStart(record);
  return {
    suites: ["run"],
    name: `the whole run on ${record.topology}: ${context.summary.decision}`,
    id: `run/${record.topology}`,
    status: wrong === undefined ? AllureStatus.PASSED : AllureStatus.BROKEN,
    ...(wrong?.details === undefined ? {} : { details: wrong.details }),
    description: describeRun(context),
    labels: modeLabels("run", "lab"),
    content: [attachText("summary", renderSummaryPage(context.summary), "text/html"), attachRun(context), ...troubles],
    start,
    stop: start + Math.round(record.durationMs),
  };
}

function troubleStep(text: string): AllureStep {
  const message = categorized("lab trouble", text);
  const name = message.split("\n", 1).join("");
  return { kind: "step", name, status: AllureStatus.BROKEN, details: { message, trace: message } };
}

/** The record times the run as a whole, so the paths and checks take none. */
function atStart(record: RunRecord): { readonly start: number; readonly stop: number } {
  const start = Date.parse(record.startedAt);
  return { start, stop: start };
}

function modeLabels(mode: string, story: string): readonly Label[] {
  return [
    { name: "epic", value: "Encapsulation on the wire" },
    { name: "feature", value: mode },
    { name: "story", value: story },
  ];
}

function pathLabels(outcome: PathOutcome): readonly Label[] {
  const path = outcome.path?.expectation.path;
  return [
    ...modeLabels(outcome.mode, path === undefined ? storyOf(outcome) : `${path.traffic} ${path.locality}`),
    { name: "severity", value: path?.locality === "same-node" ? "normal" : "critical" },
    { name: "id", value: outcome.id },
    ...(outcome.category === undefined ? [] : [{ name: "tag", value: outcome.category }]),
  ];
}

function storyOf({ id, mode }: PathOutcome): string {
  if (id.startsWith(`${mode}/steady/`)) return "steady during the run";
  if (id.startsWith(`${mode}/neighbors/`)) return "neighbors answer";
  if (id.startsWith(`${mode}/connection-tracking/`)) return "connection tracking";
  if (id.startsWith(`${mode}/interface-errors/`)) return "errors of devices";
  if (id.startsWith(`${mode}/control/`)) return "red in the opposite mode";
  if (id.startsWith(`${mode}/sentinel/`)) return "nothing astray in the whole run";
  if (id.startsWith(`${mode}/next-hop-mac/`)) return "MACs of last and next hops in the whole run";
  return id.startsWith(`${mode}/bgp/`) ? "BGP sessions" : "control plane";
}

/** None of them tells tests apart: the history of a path must not end where the kernel changes. */
function pathParameters(outcome: PathOutcome, scenario: ScenarioRecord): readonly Parameter[] {
  const path = outcome.path?.expectation.path;
  const ends = path && {
    source: path.source.pod ?? path.source.node,
    target: path.target.pod ?? path.target.node,
    family: `IPv${path.family}`,
  };
  const parameters = {
    id: outcome.id,
    ...ends,
    provider: scenario.provider,
    dataplane: scenario.dataplane,
    ...(scenario.kernel === undefined ? {} : { kernel: scenario.kernel }),
    ...(scenario.notes === undefined ? {} : { notes: scenario.notes.join("; ") }),
  };
  return Object.entries(parameters).map(([name, value]) => ({ name, value, excluded: true }));
}

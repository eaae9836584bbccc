import { AssertionError } from "node:assert/strict";
import { createHash } from "node:crypto";
import * as allure from "allure-js-commons";
import Mocha from "mocha";
import type { Measurement, RunRecord, ScenarioRecord } from "../run/record.ts";
import type { Category, Status, Verdict } from "../verify/verdict.ts";
import { attachEvidence, attachMeasurements, attachRun, type PcapBudget } from "./allure-attachments.ts";
import { categorized } from "./allure-categories.ts";
import { leadingVerdict, type PathOutcome } from "./path-outcome.ts";
import { againCommand, seeItCommands } from "./see-it.ts";

/** What every test of a report shares. */
export interface AllureContext {
  readonly record: RunRecord;
  /** Results folder on disk, where the captures lie. */
  readonly folder: string;
  readonly pcaps: PcapBudget;
}

/** One Mocha test for one path (or one node's control plane): a step per check, all evidence attached. */
export function addPathTest(
  suite: Mocha.Suite,
  scenario: ScenarioRecord,
  outcome: PathOutcome,
  context: AllureContext,
): void {
  addTest(suite, outcome.id, context, async (test) => {
    await labelPath(outcome, scenario);
    const errors: Error[] = [];
    for (const verdict of outcome.verdicts) {
      const error = await checkStep(verdict);
      if (error !== undefined) errors.push(error);
    }
    await attachEvidence(outcome, context);
    if (outcome.status === "skip") await skipTest(test, outcome.reason);
    if (outcome.status === "pass") return;
    const leading = leadingVerdict(outcome);
    await describeProblem(outcome, leading, context);
    throw (
      errors.find((error) => error.message === messageOfVerdict(leading)) ??
      new Error(categorized("inconclusive", outcome.reason))
    );
  });
}

/** One test for a mode that was skipped whole, so that its absence is seen. */
export function addSkippedMode(
  suite: Mocha.Suite,
  scenario: ScenarioRecord,
  reason: string,
  context: AllureContext,
): void {
  addTest(suite, `${scenario.mode}/lab`, context, async (test) => {
    await labelMode(scenario.mode, "lab");
    await skipTest(test, reason);
  });
}

/** One test that carries a mode's measurements: charts, samples and conditions. It judges nothing. */
export function addMeasurementsTest(
  suite: Mocha.Suite,
  mode: string,
  measurements: readonly Measurement[],
  context: AllureContext,
): void {
  addTest(suite, `${mode}/measurements`, context, async () => {
    await labelMode(mode, "measurements");
    await attachMeasurements(mode, measurements);
  });
}

/** One test for the run itself: broken with every trouble there was, and with run.json attached. */
export function addRunTest(suite: Mocha.Suite, context: AllureContext): void {
  const { record } = context;
  addTest(suite, `run/${record.topology}`, context, async () => {
    await labelMode("run", "lab");
    await attachRun(context);
    const errors = record.troubles.map(({ phase, message }) => troubleError("lab trouble", `${phase}: ${message}`));
    for (const error of errors)
      await allure.logStep(error.message.split("\n", 1).join(""), allure.Status.BROKEN, error);
    if (errors[0] !== undefined) throw errors[0];
    if (record.verdicts.length === 0 && record.scenarios.every((scenario) => scenario.skip === undefined)) {
      throw troubleError("lab trouble", "nothing was checked");
    }
  });
}

/** The reporter wants a file for each test; ours come from a record. */
const testFile = "encaplab";

function addTest(
  suite: Mocha.Suite,
  title: string,
  { record }: AllureContext,
  body: (test: Mocha.Context) => Promise<void>,
): void {
  const test = new Mocha.Test(title, async function (this: Mocha.Context) {
    // Id and history must neither depend on the folder that encaplab runs in nor on the provider or the run.
    const stable = createHash("md5").update(`${record.topology}\n${suite.fullTitle()}\n${title}`).digest("hex");
    await allure.historyId(stable);
    await allure.testCaseId(stable);
    await body(this);
  });
  test.file = testFile;
  suite.addTest(test);
}

async function labelMode(mode: string, story: string): Promise<void> {
  await allure.epic("Encapsulation on the wire");
  await allure.feature(mode);
  await allure.story(story);
}

function storyOf({ id, mode }: PathOutcome): string {
  return id.startsWith(`${mode}/bgp/`) ? "BGP sessions" : "control plane";
}

async function labelPath(outcome: PathOutcome, scenario: ScenarioRecord): Promise<void> {
  const path = outcome.path?.expectation.path;
  await labelMode(outcome.mode, path === undefined ? storyOf(outcome) : `${path.traffic} ${path.locality}`);
  await allure.severity(path?.locality === "same-node" ? "normal" : "critical");
  if (outcome.category !== undefined) await allure.tag(outcome.category);
  const parameters = {
    ...(path === undefined
      ? {}
      : {
          source: path.source.pod ?? path.source.node,
          target: path.target.pod ?? path.target.node,
          family: `IPv${path.family}`,
        }),
    provider: scenario.provider,
    dataplane: scenario.dataplane,
    ...(scenario.kernel === undefined ? {} : { kernel: scenario.kernel }),
    ...(scenario.notes === undefined ? {} : { notes: scenario.notes.join("; ") }),
  };
  for (const [name, value] of Object.entries(parameters)) await allure.parameter(name, value, { excluded: true });
}

/** The few lines that stand above all else on the test's page. */
async function describeProblem(
  outcome: PathOutcome,
  leading: Verdict | undefined,
  { record, folder }: AllureContext,
): Promise<void> {
  const { path } = outcome;
  const commands = path === undefined ? [] : [...seeItCommands(path, folder), againCommand(path, record.topology)];
  const lines = [
    ...(leading === undefined ? [] : [`expected  ${leading.expected}`, `observed  ${leading.observed}`, ""]),
    ...commands,
  ];
  if (lines.length > 0) await allure.description(["```", ...lines, "```"].join("\n"));
}

/** Runs a check as a step; returns its error instead of throwing, so that the other checks are shown too. */
async function checkStep(verdict: Verdict): Promise<Error | undefined> {
  const { check, status, expected, observed, evidence, reason } = verdict;
  if (status === "skip") {
    await allure.logStep(`${check}: skipped, ${reason ?? "no reason given"}`, allure.Status.SKIPPED);
    return undefined;
  }
  const error = errorOf(verdict);
  try {
    await allure.step(`${check}: ${words[status]}`, async (step) => {
      await step.parameter("expected", expected);
      await step.parameter("observed", observed);
      if (evidence.length > 0) await allure.attachment(`${check} evidence`, evidence.join("\n"), "text/plain");
      if (error !== undefined) throw error;
    });
  } catch (thrown) {
    if (thrown !== error) throw thrown;
  }
  return error;
}

const words: Readonly<Record<Exclude<Status, "skip">, string>> = {
  pass: "as expected",
  fail: "wrong",
  inconclusive: "not proven",
};

/** Allure shows an AssertionError as failed and any other error as broken: the wire is wrong, or nothing can be said. */
function errorOf(verdict: Verdict): Error | undefined {
  const { status, expected, observed, evidence } = verdict;
  if (status === "pass" || status === "skip") return undefined;
  const message = messageOfVerdict(verdict);
  const error =
    status === "fail"
      ? new AssertionError({ message, expected, actual: observed, operator: verdict.check })
      : new Error(message);
  error.stack = [message, `expected  ${expected}`, `observed  ${observed}`, ...evidence].join("\n");
  return error;
}

function messageOfVerdict(verdict: Verdict | undefined): string {
  if (verdict === undefined) return "";
  const fallback: Category = verdict.status === "fail" ? "not reached" : "inconclusive";
  const reason = verdict.reason ?? `expected ${verdict.expected}, observed ${verdict.observed}`;
  return categorized(verdict.category ?? fallback, reason);
}

function troubleError(category: Category, message: string): Error {
  const error = new Error(categorized(category, message));
  error.stack = error.message;
  return error;
}

async function skipTest(test: Mocha.Context, reason: string): Promise<never> {
  await allure.description(`Skipped: ${reason}`);
  await allure.label("skip", reason);
  return test.skip();
}

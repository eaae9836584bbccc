import { scenarioTitle } from "./scenario-title.ts";
import type { RunRecord, ScenarioRecord, Trouble } from "../run/record.ts";
import type { Verdict } from "../verify/verdict.ts";
import { outcomesOf, type PathOutcome } from "./path-outcome.ts";
import { redactValue } from "./redact.ts";
import { againCommand, seeItCommands, repeatOf } from "./see-it.ts";
import { shortest, testOutcomes, type TestOutcome } from "./test-outcome.ts";
import { element, escapeText } from "./xml.ts";

/**
 * A run as JUnit XML: a testsuite per mode, a testcase per path named by its id. A wrong wire is a `failure`; an
 * inconclusive path or lab trouble is an `error`. `folder` is the results folder as commands shall name it.
 */
export function renderJunit(run: RunRecord, folder: string): string {
  const record = redactValue(run);
  const suites = [
    ...record.scenarios.map((scenario) => modeSuite(scenario, record, folder)),
    ...testSuites(record, folder),
    ...(record.troubles.length > 0 ? [troubleSuite(record)] : []),
  ];
  const total = (key: keyof Counts): number => suites.reduce((sum, suite) => sum + suite.counts[key], 0);
  const root = element(
    "testsuites",
    {
      name: "encaplab",
      tests: total("tests"),
      failures: total("failures"),
      errors: total("errors"),
      skipped: total("skipped"),
      time: seconds(record.durationMs),
    },
    ["\n", ...suites.map((suite) => `${suite.xml}\n`)],
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

interface Suite {
  readonly xml: string;
  readonly counts: Counts;
}

function modeSuite(scenario: ScenarioRecord, record: RunRecord, folder: string): Suite {
  const outcomes = outcomesOf(scenario, record.verdicts);
  const cases = outcomes.map((outcome) => pathCase(outcome, repeatOf(record), folder));
  const whole = wholeModeCase(scenario, outcomes, record.troubles);
  const of = (status: PathOutcome["status"]): number => outcomes.filter((one) => one.status === status).length;
  const counts = {
    tests: cases.length + whole.xml.length,
    failures: of("fail"),
    errors: of("inconclusive") + whole.errors,
    skipped: of("skip") + whole.skipped,
  };
  const time = seconds(scenario.phases.reduce((sum, { ms }) => sum + ms, 0));
  return suite(scenarioTitle(scenario), counts, record, time, [properties(scenario, record), ...whole.xml, ...cases]);
}

/** A mode without a single judged path must not look like an empty, green suite. */
function wholeModeCase(
  scenario: ScenarioRecord,
  outcomes: readonly PathOutcome[],
  troubles: readonly Trouble[],
): { readonly xml: readonly string[]; readonly errors: number; readonly skipped: number } {
  const attributes = { name: `${scenario.mode}/lab`, classname: scenarioTitle(scenario), time: "0.000" };
  if (scenario.skip !== undefined) {
    const xml = element("testcase", attributes, [element("skipped", { message: scenario.skip })]);
    return { xml: [xml], errors: 0, skipped: 1 };
  }
  if (outcomes.length > 0) return { xml: [], errors: 0, skipped: 0 };
  const message = troubles[0]?.message ?? "nothing was checked in this mode";
  const xml = element("testcase", attributes, [element("error", { type: "lab trouble", message: firstLine(message) })]);
  return { xml: [xml], errors: 1, skipped: 0 };
}

/** A testsuite per Mocha file; a test that merely broke is an error, as an inconclusive path is. */
function testSuites(record: RunRecord, folder: string): readonly Suite[] {
  const outcomes = testOutcomes(record);
  const files = [...new Set(outcomes.map(({ test }) => test.file))];
  return files.map((file) => {
    const own = outcomes.filter(({ test }) => test.file === file);
    const of = (status: PathOutcome["status"]): number => own.filter(({ verdict }) => verdict.status === status).length;
    const counts = { tests: own.length, failures: of("fail"), errors: of("inconclusive"), skipped: of("skip") };
    const time = seconds(own.reduce((sum, { test }) => sum + test.durationMs, 0));
    return suite(
      shortest(file),
      counts,
      record,
      time,
      own.map((one) => testCase(one, repeatOf(record), folder)),
    );
  });
}

function testCase({ test, title, outcome }: TestOutcome, repeat: readonly string[], folder: string): string {
  const attributes = { name: title, classname: shortest(test.file), time: seconds(test.durationMs), file: test.file };
  const byHand = test.commands.length === 0 ? [] : [element("system-err", {}, [escapeText(test.commands.join("\n"))])];
  return element("testcase", attributes, [...verdictElement(outcome), output(outcome, repeat, folder), ...byHand]);
}

function troubleSuite(record: RunRecord): Suite {
  const cases = record.troubles.map((trouble, index) =>
    element("testcase", { name: `run/${trouble.phase}/${index + 1}`, classname: "run", time: "0.000" }, [
      element("error", { type: trouble.category, message: firstLine(trouble.message) }, [escapeText(trouble.message)]),
    ]),
  );
  const counts = { tests: cases.length, failures: 0, errors: cases.length, skipped: 0 };
  return suite("run", counts, record, "0.000", cases);
}

function suite(name: string, counts: Counts, record: RunRecord, time: string, children: readonly string[]): Suite {
  const attributes = { name, ...counts, time, timestamp: record.startedAt };
  return { counts, xml: element("testsuite", attributes, ["\n", ...children.map((child) => `  ${child}\n`)]) };
}

function properties(scenario: ScenarioRecord, record: RunRecord): string {
  const entries = {
    run: record.id,
    topology: record.topology,
    provider: scenario.provider,
    dataplane: scenario.dataplane,
    kernel: record.environment.kernel,
    version: record.environment.version,
    ...Object.fromEntries((scenario.causes ?? []).map(({ sentence }, index) => [`cause ${index + 1}`, sentence])),
  };
  return element(
    "properties",
    {},
    Object.entries(entries).map(([name, value]) => element("property", { name, value })),
  );
}

function pathCase(outcome: PathOutcome, repeat: readonly string[], folder: string): string {
  const [mode = "", kind = ""] = outcome.id.split("/");
  const children = [...verdictElement(outcome), output(outcome, repeat, folder)];
  return element("testcase", { name: outcome.id, classname: `${mode}.${kind}`, time: "0.000" }, children);
}

function verdictElement(outcome: PathOutcome): readonly string[] {
  const { status, reason, category } = outcome;
  if (status === "pass") return [];
  if (status === "skip") return [element("skipped", { message: reason })];
  const worst = outcome.verdicts.filter((verdict) => verdict.status === status);
  const tag = status === "fail" ? "failure" : "error";
  return [
    element(tag, { type: category ?? status, message: reason }, [escapeText(worst.map(verdictText).join("\n\n"))]),
  ];
}

/** What passed is told in a line for each question; everything else with its evidence. */
function output(outcome: PathOutcome, repeat: readonly string[], folder: string): string {
  const { path } = outcome;
  const passed = outcome.status === "pass" && outcome.verdicts.every(({ status }) => status === "pass");
  const blocks = [outcome.verdicts.map(passed ? passedText : verdictText).join("\n")];
  if (path !== undefined) {
    const evidence = passed ? [] : path.evidence;
    blocks.push(...evidence.map(({ title, lines }) => [`${title}:`, ...lines.map((l) => `  ${l}`)].join("\n")));
    const again = outcome.again ?? againCommand(path, repeat);
    blocks.push([...(passed ? [] : [...path.commands, ...seeItCommands(path, folder)]), again].join("\n"));
  } else if (outcome.again !== undefined) blocks.push(outcome.again);
  return element("system-out", {}, [escapeText(blocks.join("\n\n"))]);
}

/** Characters of what was observed that a line of what passed shows. */
const observedWidth = 160;

function passedText({ check, observed }: Verdict): string {
  return `${check}: pass, ${observed.length > observedWidth ? `${observed.slice(0, observedWidth)} …` : observed}`;
}

function verdictText(verdict: Verdict): string {
  const { check, status, expected, observed, reason, evidence } = verdict;
  const why = reason === undefined ? [] : [`  reason    ${reason}`];
  return [
    `${check}: ${status}`,
    `  expected  ${expected}`,
    `  observed  ${observed}`,
    ...why,
    ...evidence.map((line) => `  ${line}`),
  ].join("\n");
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? text;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

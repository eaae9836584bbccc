import { scenarioTitle } from "./scenario-title.ts";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import AllureReporter from "allure-mocha";
import type { StepResult } from "allure-js-commons";
import type { LifecycleListener } from "allure-js-commons/sdk/reporter";
import Mocha from "mocha";
import { writeFileAtomic } from "../core/atomic-file.ts";
import type { RunRecord, ScenarioRecord } from "../run/record.ts";
import { pcapBudget } from "./allure-attachments.ts";
import { allureCategories } from "./allure-categories.ts";
import { addMeasurementsTest, addPathTest, addRunTest, addSkippedMode, type AllureContext } from "./allure-tests.ts";
import { outcomesOf } from "./path-outcome.ts";
import { redactValue } from "./redact.ts";
import type { ResultsFolder } from "./store.ts";

/** Who ran the tests, as Allure's executor.json wants it; CI passes its own. */
export interface AllureExecutor {
  readonly name: string;
  readonly type: string;
  readonly url?: string;
  readonly buildOrder?: number;
  readonly buildName?: string;
  readonly buildUrl?: string;
  readonly reportUrl?: string;
}

export interface AllureOptions {
  readonly executor?: AllureExecutor;
}

/**
 * Writes allure-results from a record: one Mocha test per path, per node's control plane and per mode's measurements,
 * and one for the run. The folder is emptied first. Returns how many tests there are.
 */
export async function writeAllure(run: RunRecord, folder: ResultsFolder, options: AllureOptions = {}): Promise<number> {
  const record = redactValue(run);
  const resultsDir = folder.allureResults;
  await rm(resultsDir, { recursive: true, force: true });
  const mocha = new Mocha({
    reporter: allureReporter,
    reporterOptions: {
      resultsDir,
      environmentInfo: environmentInfo(record),
      categories: allureCategories(),
      listeners: [recordedTimes(record)],
    },
    timeout: 0,
  });
  buildSuites(mocha.suite, { record, folder: folder.path, pcaps: pcapBudget() });
  const tests = mocha.suite.total();
  await runMocha(mocha);
  await writeFileAtomic(join(resultsDir, "executor.json"), JSON.stringify(executorOf(record, options.executor)));
  return tests;
}

/**
 * Mocha never calls back when a reporter throws (a full disk, say): the error surfaces only as an unhandled rejection,
 * and the program would end as if all were well.
 */
async function runMocha(mocha: Mocha): Promise<void> {
  let broke: (error: unknown) => void = () => undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      broke = reject;
      process.on("unhandledRejection", broke);
      mocha.run(() => {
        resolve();
      });
    });
  } finally {
    process.off("unhandledRejection", broke);
  }
  mocha.dispose();
}

/** The package's types describe its CommonJS build, where the class is a field of what Node really gives us: the class. */
const allureReporter = AllureReporter as unknown as Mocha.ReporterConstructor;

function buildSuites(root: Mocha.Suite, context: AllureContext): void {
  const { record } = context;
  for (const scenario of record.scenarios)
    buildMode(Mocha.Suite.create(root, scenarioTitle(scenario)), scenario, context);
  const run = Mocha.Suite.create(root, "run");
  const general = record.measurements.filter((measurement) => measurement.mode === undefined);
  if (general.length > 0) addMeasurementsTest(run, "run", general, context);
  addRunTest(run, context);
}

function buildMode(mode: Mocha.Suite, scenario: ScenarioRecord, context: AllureContext): void {
  const { record } = context;
  const suites = new Map<string, Mocha.Suite>();
  const suiteFor = (name: string): Mocha.Suite => {
    const suite = suites.get(name) ?? Mocha.Suite.create(mode, name);
    suites.set(name, suite);
    return suite;
  };
  if (scenario.skip !== undefined) addSkippedMode(suiteFor("lab"), scenario, scenario.skip, context);
  for (const outcome of outcomesOf(scenario, record.verdicts)) {
    addPathTest(suiteFor(outcome.id.split("/")[1] ?? "other"), scenario, outcome, context);
  }
  const measurements = record.measurements.filter(
    ({ mode: id, variant }) => id === scenario.mode && variant === scenario.variant,
  );
  if (measurements.length > 0) addMeasurementsTest(suiteFor("measurements"), scenario.mode, measurements, context);
}

/**
 * Gives tests the times of the run instead of those of writing the report; the record times the run as a whole, so the
 * paths and checks take none. Also shows the reason of a skip where Mocha says only that there was one.
 */
function recordedTimes(record: RunRecord): LifecycleListener {
  const start = Date.parse(record.startedAt);
  return {
    beforeTestResultWrite(result) {
      result.start = start;
      result.stop = start + (result.name?.startsWith("run/") === true ? Math.round(record.durationMs) : 0);
      retimeSteps(result, start);
      const reason = result.labels.find((label) => label.name === "skip")?.value;
      if (reason !== undefined) result.statusDetails = { message: reason };
    },
  };
}

/** Steps nest. An attachment is a step to Allure too, one without steps whatever its type promises. */
function retimeSteps(item: Partial<Pick<StepResult, "steps">>, at: number): void {
  for (const step of item.steps ?? []) {
    step.start = at;
    step.stop = at;
    retimeSteps(step, at);
  }
}

function environmentInfo(record: RunRecord): Record<string, string> {
  const { environment } = record;
  return {
    encaplab: environment.version,
    topology: record.topology,
    provider: record.provider,
    dataplane: record.dataplane,
    modes: record.mode.join(", "),
    kernel: environment.kernel,
    cpus: String(environment.cpus),
    "memory MiB": String(environment.memoryMiB),
    os: environment.os,
    node: environment.node,
    command: record.command,
    plan: record.planDigest,
    ...releasesOf(record),
    ...environment.tools,
  };
}

/** Releases of what the labs were made of; where scenarios differ, all of them. */
function releasesOf({ scenarios }: RunRecord): Record<string, string> {
  const told = scenarios.flatMap(({ versions = {}, kernel }) => [
    ...Object.entries(versions),
    ...(kernel === undefined ? [] : [["nodes' kernel", kernel] as const]),
  ]);
  const names = [...new Set(told.map(([name]) => name))];
  const valuesOf = (name: string): readonly string[] =>
    told.flatMap(([other, value]) => (other === name ? [value] : []));
  return Object.fromEntries(names.map((name) => [name, [...new Set(valuesOf(name))].join(", ")]));
}

function executorOf(record: RunRecord, executor: AllureExecutor | undefined): object {
  const seconds = Math.floor(Date.parse(record.startedAt) / 1000);
  const own = { name: "encaplab", type: "encaplab", buildOrder: seconds, buildName: `run ${record.id}` };
  return { ...own, ...executor, reportName: `encaplab: ${record.mode.join(", ")} on ${record.topology}` };
}

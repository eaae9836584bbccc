import type { RunRecord } from "../run/record.ts";
import { allureCategories } from "./allure-categories.ts";
import { allureTests } from "./allure-tests.ts";
import { writeResults } from "./allure-writer.ts";
import { examplesOf } from "./examples.ts";
import { captureBudget, captureSizes } from "./capture-budget.ts";
import type { ReportedRun } from "./reported-run.ts";
import type { ResultsFolder } from "./store.ts";

/** Who ran the tests, as Allure's executor.json wants it; CI passes its own. */
interface AllureExecutor {
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
  /** Whether earlier runs are carried into the page; without, its trend is empty, and the page says why. */
  readonly history?: boolean;
}

/** Writes allure-results from a record, into an emptied folder. Returns how many tests there are. */
export async function writeAllure(
  run: ReportedRun,
  folder: ResultsFolder,
  options: AllureOptions = {},
): Promise<number> {
  const { record } = run;
  const tests = allureTests({
    ...run,
    folder: folder.path,
    captureSizes: await captureSizes(record, folder.path),
    pcaps: captureBudget(),
    examples: examplesOf(record),
  });
  const surroundings = {
    environment: { ...environmentInfo(record), ...(options.history === true ? {} : noTrend) },
    categories: allureCategories(record),
    executor: executorOf(record, options.executor),
  };
  return writeResults(folder.allureResults, tests, surroundings, record.topology);
}

/** The widget itself says only that there is nothing to show. */
const noTrend = { trend: "none without --history DIR, which carries it from run to run" };

function environmentInfo(record: RunRecord): Record<string, string> {
  const { environment } = record;
  // The page shows the first five before somebody asks for all.
  return {
    dataplane: record.dataplane,
    ...releasesOf(record),
    modes: record.mode.join(", "),
    topology: record.topology,
    provider: record.provider,
    kernel: environment.kernel,
    encaplab: environment.version,
    cpus: String(environment.cpus),
    "memory MiB": String(environment.memoryMiB),
    os: environment.os,
    node: environment.node,
    command: record.command,
    plan: record.planDigest,
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

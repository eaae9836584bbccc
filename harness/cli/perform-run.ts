import { ExitCode } from "../core/errors.ts";
import { localExecutor } from "../exec/local/local.ts";
import { shellQuote } from "../exec/quote.ts";
import { consoleListener } from "../report/console.ts";
import { multiplex } from "../report/multiplex.ts";
import { createResultsFolder, saveRun, type ResultsFolder } from "../report/store.ts";
import { openTimeline, type Timeline } from "../report/timeline.ts";
import type { RunListener, RunRecord } from "../run/record.ts";
import type { RunOrder } from "../run/order.ts";
import { requirePromisedPaths } from "../run/paths.ts";
import { runModes } from "../run/runner.ts";
import type { RunServices } from "../run/services.ts";
import { appendTests } from "../suite/append-tests.ts";
import type { LabDefaults } from "../suite/lab-source.ts";
import type { LoadedTests } from "../suite/run-tests.ts";
import { diagramText } from "../topology/diagram.ts";
import { getRunTools } from "./get-run-tools.ts";
import { getTools, reportTools } from "./get-tools.ts";
import { dataplaneOf, variantsOf, type LabChoice } from "./lab-choice.ts";
import { interruptSignal } from "./interrupt.ts";
import { keptLines } from "./kept-lines.ts";
import { openPage } from "./open-page.ts";
import { refuseOtherThanFolder } from "./refuse-other-than-folder.ts";
import { reachWords } from "./reach-words.ts";
import type { RunOptions } from "./run-options.ts";
import { modesAskedOf, ownSuites, type SuiteSet } from "./suite-set.ts";
import { recordName, unwritten, unwrittenLines } from "./unwritten.ts";
import { harnessVersion } from "./version.ts";
import { writeReports, type Reports } from "./write-reports.ts";

/** An order with what it is carried out with, and how it is told of. */
export interface Job {
  readonly order: RunOrder;
  /** What makes the labs, and what puts the modes into effect. */
  readonly labs: LabChoice;
  readonly telling: RunOptions;
  /** What is asked; missing = the suites that come with encaplab. */
  readonly suites?: SuiteSet;
  /** Ends the run early; default: at Ctrl-C. */
  readonly signal?: AbortSignal;
}

/** Runs, prints, stores and reports; leaves the exit code in the process. */
export async function runAndReport(job: Job): Promise<void> {
  const record = await performRun(job, { console: true, reports: true });
  process.exitCode = record.exitCode;
}

/** What a run leaves behind beside its run.json. */
export interface Output {
  readonly console: boolean;
  /** JUnit and Allure. */
  readonly reports: boolean;
}

/** Runs and stores; prints and reports where wanted; returns the record. */
export async function performRun(job: Job, output: Output): Promise<RunRecord> {
  const { labs, telling, suites = ownSuites } = job;
  const order = { ...job.order, modes: modesAskedOf(job.order.modes, suites) };
  requirePromisedPaths(order.modes, order, suites.declared);
  const tests = suites.tests.length === 0 ? undefined : await loadSuites(suites, job.order);
  await refuseOtherThanFolder("--history", telling.history);
  await getRunTools(labs, order.plan);
  if (output.reports) await getTools(reportTools);
  const folder = await createResultsFolder(telling.out, order.id);
  const timeline = await openTimeline(folder.timeline);
  const closing: string[] = [];
  const console = consoleFor(telling, order, folder, output.console, () => closing);
  const kept: string[] = [];
  const listener = multiplex([
    { name: "console", listener: console },
    { name: "kept", listener: keptTeller(labs, kept) },
  ]);
  try {
    const services = await servicesFor(job, folder, listener, timeline);
    const declared = await runModes(order, services);
    const record = tests === undefined ? declared : await appendTests(declared, tests, order, services);
    const unsaved = [
      ...(await unwritten(recordName, saveRun(folder, record))),
      ...(await unwritten("timeline.ndjson", timeline.close())),
    ];
    const reports = output.reports ? await writeReports(record, folder, telling) : noReports;
    const lost = [...reports.unwritten, ...unsaved];
    closing.push(
      ...reports.lines,
      ...kept,
      ...unwrittenLines(lost, folder.path, record.troubles),
      ...listener.errors(),
    );
    const told = lost.length === 0 ? record : withReportTrouble(record);
    await listener.on({ kind: "run-ended", record: told, folder: folder.path });
    if (telling.open === true && reports.page !== undefined) await openPage(reports.page);
    return told;
  } finally {
    console.close();
    await timeline.close().catch(() => undefined);
  }
}

/** Collects how a lab that stays is worked with. */
function keptTeller({ offers, given }: LabChoice, lines: string[]): RunListener {
  return {
    on: (event) => {
      if (event.kind === "kept") lines.push(...keptLines(event, reachWords(offers, given)));
    },
  };
}

/** With Mocha, which only suites of somebody's own are written with. */
async function loadSuites({ tests }: SuiteSet, order: RunOrder): Promise<LoadedTests> {
  const { loadTests } = await import("../suite/run-tests.ts");
  return loadTests(tests, labDefaults(order));
}

function labDefaults({ modes, plan }: RunOrder): LabDefaults {
  const [mode, ...others] = modes;
  return { topology: plan.topology.source, ...(mode === undefined || others.length > 0 ? {} : { mode }) };
}

const noReports: Reports = { lines: [], unwritten: [] };

async function servicesFor(
  { order, labs, signal, suites = ownSuites }: Job,
  folder: ResultsFolder,
  listener: RunListener,
  timeline: Timeline,
): Promise<RunServices> {
  const { because } = labs.dataplane;
  const logs = folder.diagnostics;
  const variants = await variantsOf(labs, {
    logs,
    stays: order.keep,
    onCommand: ({ startedAt, where, argv, durationMs, exitCode }) => {
      const at = new Date(startedAt).toISOString();
      const exit = exitCode === undefined ? {} : { exitCode };
      timeline.append({ at, where, command: shellQuote(argv), ms: durationMs, ...exit });
    },
  });
  return {
    version: harnessVersion,
    host: localExecutor(),
    variants,
    dataplane: variants[0]?.dataplane ?? dataplaneOf(labs, logs),
    ...(because === undefined ? {} : { dataplaneBecause: because }),
    suites: suites.declared,
    listener,
    signal: signal ?? interruptSignal(),
  };
}

function consoleFor(
  telling: RunOptions,
  { modes }: RunOrder,
  folder: ResultsFolder,
  onConsole: boolean,
  closing: () => readonly string[],
): ReturnType<typeof consoleListener> {
  const live = onConsole && process.stdout.isTTY && process.env.CI === undefined;
  return consoleListener({
    write: (text) => {
      if (onConsole) process.stdout.write(text);
    },
    live,
    columns: process.stdout.columns || 100,
    color: telling.color && process.stdout.isTTY && !process.env.NO_COLOR,
    level: telling.quiet === true ? "quiet" : telling.verbose === true ? "verbose" : "normal",
    folderOf: () => folder.path,
    ...(modes.length === 0 ? {} : { labLine: diagramText }),
    closing,
  });
}

function withReportTrouble(record: RunRecord): RunRecord {
  return record.exitCode === ExitCode.pass ? { ...record, exitCode: ExitCode.lab } : record;
}

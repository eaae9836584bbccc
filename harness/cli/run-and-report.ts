import { ExitCode, messageOf } from "../core/errors.ts";
import { newRunId } from "../core/run-id.ts";
import type { Profile } from "../encap/enumerate.ts";
import type { Mode } from "../encap/mode.ts";
import { localExecutor } from "../exec/local/local.ts";
import { shellQuote } from "../exec/quote.ts";
import type { Fault } from "../fault/fault.ts";
import { consoleListener } from "../report/console.ts";
import { multiplex } from "../report/multiplex.ts";
import { createResultsFolder, saveRun, type ResultsFolder } from "../report/store.ts";
import { openTimeline, type Timeline } from "../report/timeline.ts";
import type { RunListener, RunRecord } from "../run/record.ts";
import type { RunRequest, RunServices, StandingLab } from "../run/request.ts";
import { requirePromisedPaths } from "../run/paths.ts";
import { runModes } from "../run/runner.ts";
import { allSuites } from "../../suites/all-suites.ts";
import { diagramText } from "../topology/diagram.ts";
import type { Plan } from "../topology/plan.ts";
import { getRunTools } from "./get-tools.ts";
import { dataplaneOf, variantsOf, type LabChoice } from "./lab-choice.ts";
import { interruptSignal } from "./interrupt.ts";
import { openPage } from "./open-page.ts";
import type { RunOptions } from "./run-options.ts";
import { harnessVersion } from "./version.ts";
import { writeReports, type Reports } from "./write-reports.ts";

/** A run as the verbs ask for it. */
export interface RunOrder extends RunOptions {
  /** What makes the labs, and what puts the modes into effect. */
  readonly labs: LabChoice;
  readonly modes: readonly Mode[];
  readonly plan: Plan;
  readonly profile: Profile;
  readonly paths: readonly string[];
  readonly shard?: string;
  readonly keep: boolean;
  readonly fault?: Fault;
  readonly standing?: StandingLab;
  /** Ends the run early; default: at Ctrl-C. */
  readonly signal?: AbortSignal;
}

/** Runs, prints, stores and reports; leaves the exit code in the process. */
export async function runAndReport(order: RunOrder): Promise<void> {
  const record = await performRun(order, { console: true, reports: true });
  process.exitCode = record.exitCode;
}

/** What a run leaves behind beside its run.json. */
export interface Output {
  readonly console: boolean;
  /** JUnit and Allure. */
  readonly reports: boolean;
}

/** Runs and stores; prints and reports where wanted; returns the record. */
export async function performRun(order: RunOrder, output: Output): Promise<RunRecord> {
  requirePromisedPaths(order.modes, order, allSuites);
  await getRunTools(order.labs, order.plan);
  const id = newRunId();
  const folder = await createResultsFolder(order.out, id);
  const timeline = await openTimeline(folder.timeline);
  const closing: string[] = [];
  const console = consoleFor(order, folder, output.console, () => closing);
  const listener = multiplex([{ name: "console", listener: console }]);
  try {
    const record = await runModes(requestFor(order, id, folder), await servicesFor(order, folder, listener, timeline));
    const unsaved = [
      ...(await unwritten(folder.run, saveRun(folder, record))),
      ...(await unwritten(folder.timeline, timeline.close())),
    ];
    const reports = output.reports ? await writeReports(record, folder, order) : noReports;
    closing.push(...reports.lines, ...unsaved, ...listener.errors());
    const told = reports.ok && unsaved.length === 0 ? record : withReportTrouble(record);
    await listener.on({ kind: "run-ended", record: told, folder: folder.path });
    if (order.open === true && reports.page !== undefined) await openPage(reports.page);
    return told;
  } finally {
    console.close();
    await timeline.close().catch(() => undefined);
  }
}

/** A disk that is full must not swallow what the run found: one line instead of an error. */
function unwritten(file: string, writing: Promise<void>): Promise<readonly string[]> {
  return writing.then(
    () => [],
    (error: unknown) => [`${file} could not be written: ${messageOf(error)}`],
  );
}

const noReports: Reports = { lines: [], ok: true };

function requestFor(order: RunOrder, id: string, folder: ResultsFolder): RunRequest {
  const { modes, plan, profile, paths, keep, throughput, captureBuffer } = order;
  return {
    id,
    command: `encaplab ${shellQuote(process.argv.slice(2))}`,
    modes,
    plan,
    profile,
    paths,
    folder: folder.path,
    keep,
    captureBufferKiB: captureBuffer,
    throughput,
    ...(order.shard === undefined ? {} : { shard: order.shard }),
    ...(order.fault === undefined ? {} : { fault: order.fault }),
    ...(order.standing === undefined ? {} : { standing: order.standing }),
  };
}

async function servicesFor(
  order: RunOrder,
  folder: ResultsFolder,
  listener: RunListener,
  timeline: Timeline,
): Promise<RunServices> {
  const { because } = order.labs.dataplane;
  return {
    version: harnessVersion,
    host: localExecutor(),
    variants: await variantsOf(order.labs, {
      stays: order.keep,
      onCommand: ({ startedAt, where, argv, durationMs, exitCode }) => {
        const at = new Date(startedAt).toISOString();
        const exit = exitCode === undefined ? {} : { exitCode };
        timeline.append({ at, where, command: shellQuote(argv), ms: durationMs, ...exit });
      },
    }),
    dataplane: dataplaneOf(order.labs, folder.diagnostics),
    ...(because === undefined ? {} : { dataplaneBecause: because }),
    suites: allSuites,
    listener,
    signal: order.signal ?? interruptSignal(),
  };
}

function consoleFor(
  order: RunOrder,
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
    color: order.color && process.stdout.isTTY && !process.env.NO_COLOR,
    level: order.quiet === true ? "quiet" : order.verbose === true ? "verbose" : "normal",
    folderOf: () => folder.path,
    labLine: diagramText,
    closing,
  });
}

function withReportTrouble(record: RunRecord): RunRecord {
  return record.exitCode === ExitCode.pass ? { ...record, exitCode: ExitCode.lab } : record;
}

import type { RunRecord } from "../run/record.ts";
import type { Status } from "../verify/verdict.ts";
import { outcomesOf, type PathOutcome } from "./path-outcome.ts";
import { timesOf } from "./path-times.ts";
import { scenarioTitle } from "./scenario-title.ts";
import { pathTitle } from "./path-title.ts";
import { testOutcomes } from "./test-outcome.ts";

/** A run as a Common Test Report Format document, which dashboards of many CIs read. */
export interface CtrfReport {
  readonly reportFormat: "CTRF";
  readonly specVersion: "0.0.0";
  readonly runId: string;
  readonly timestamp: string;
  readonly generatedBy: "encaplab";
  readonly results: {
    readonly tool: { readonly name: "encaplab"; readonly version: string };
    readonly summary: Readonly<Record<"tests" | CtrfStatus | "start" | "stop" | "duration", number>>;
    readonly tests: readonly CtrfTest[];
    readonly environment: Readonly<Record<string, string>>;
  };
}

type CtrfStatus = "passed" | "failed" | "skipped" | "pending" | "other";

interface CtrfTest {
  /** What people call it; ids as `testId`, which stays the same from run to run. */
  readonly name: string;
  readonly testId: string;
  readonly status: CtrfStatus;
  /** Milliseconds from the first packet to the last. */
  readonly duration: number;
  readonly rawStatus: Status;
  readonly suite: readonly string[];
  readonly message?: string;
}

/** One test for each path and node, as in Allure and JUnit. What is inconclusive is "other": neither passed nor failed. Pure. */
export function renderCtrf(record: RunRecord): CtrfReport {
  const { id, startedAt, durationMs, environment, topology } = record;
  const tests = [
    ...record.scenarios.flatMap((scenario) =>
      outcomesOf(scenario, record.verdicts).map((outcome) => {
        const { start: from, stop } = timesOf(outcome, scenario, record);
        return testOf(outcome, pathTitle(outcome), stop - from);
      }),
    ),
    ...testOutcomes(record).map(({ outcome, test, title }) => testOf(outcome, title, test.durationMs)),
  ];
  const start = Date.parse(startedAt);
  const count = (status: CtrfStatus): number => tests.filter((test) => test.status === status).length;
  const duration = Math.round(durationMs);
  return {
    reportFormat: "CTRF",
    specVersion: "0.0.0",
    runId: id,
    timestamp: startedAt,
    generatedBy: "encaplab",
    results: {
      tool: { name: "encaplab", version: environment.version },
      summary: {
        tests: tests.length,
        passed: count("passed"),
        failed: count("failed"),
        skipped: count("skipped"),
        pending: 0,
        other: count("other"),
        start,
        stop: start + duration,
        duration,
      },
      tests,
      environment: { osPlatform: environment.os, osRelease: environment.kernel, testEnvironment: topology },
    },
  };
}

const statuses: Readonly<Record<Status, CtrfStatus>> = {
  pass: "passed",
  fail: "failed",
  skip: "skipped",
  inconclusive: "other",
};

/** Dashboards know a test by its id: where a run compares releases, each has its own. */
function testOf({ id, mode, status, reason, verdicts }: PathOutcome, name: string, durationMs: number): CtrfTest {
  const variant = verdicts.find((verdict) => verdict.variant !== undefined)?.variant;
  return {
    name,
    testId: variant === undefined ? id : `${id} (${variant})`,
    status: statuses[status],
    duration: Math.round(durationMs),
    rawStatus: status,
    suite: [scenarioTitle(variant === undefined ? { mode } : { mode, variant })],
    ...(reason === "" ? {} : { message: reason }),
  };
}

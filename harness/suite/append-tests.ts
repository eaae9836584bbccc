import { ExitCode } from "../core/errors.ts";
import type { RunRecord } from "../run/record.ts";
import type { RunOrder } from "../run/order.ts";
import type { RunServices } from "../run/services.ts";
import { exitCodeFor, summarizeVerdicts } from "../run/summary.ts";
import { withLabs } from "./run-labs.ts";
import type { LoadedTests, TestsOutcome } from "./run-tests.ts";

/** Runs Mocha files after the modes of a run, and adds what they found to its record. */
export async function appendTests(
  record: RunRecord,
  tests: LoadedTests,
  order: RunOrder,
  services: RunServices,
): Promise<RunRecord> {
  const { listener, signal } = services;
  const aborted = (): boolean => signal.aborted;
  if (aborted()) return record;
  const outcome = await withLabs(order, services, (labs) => tests.run({ labs, listener, signal }));
  return { ...withTests(record, outcome), ...(aborted() ? { exitCode: ExitCode.interrupted } : {}) };
}

function withTests(record: RunRecord, outcome: TestsOutcome): RunRecord {
  const labs = [...record.scenarios, ...outcome.tests.flatMap(({ lab }) => (lab === undefined ? [] : [lab]))];
  const verdicts = [...record.verdicts, ...outcome.verdicts];
  const troubles = [...record.troubles, ...outcome.troubles];
  const summary = summarizeVerdicts(verdicts);
  return {
    ...record,
    durationMs: Date.now() - Date.parse(record.startedAt),
    mode: [...new Set([...record.mode, ...labs.map(({ mode }) => mode)])],
    provider: [...new Set(labs.map(({ provider }) => provider))].join(", "),
    dataplane: [...new Set(labs.map(({ dataplane }) => dataplane))].join(", "),
    verdicts,
    tests: outcome.tests,
    troubles,
    summary,
    exitCode: exitCodeFor(summary, troubles),
  };
}

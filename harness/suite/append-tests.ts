import { ExitCode } from "../core/errors.ts";
import type { RunRecord } from "../run/record.ts";
import type { RunOrder } from "../run/order.ts";
import type { RunServices } from "../run/services.ts";
import { exitCodeFor, summarizeVerdicts } from "../run/summary.ts";
import { withLabs } from "./run-labs.ts";
import type { LoadedTests, TestsOutcome } from "./run-tests.ts";

/**
 * Runs Mocha files after the modes of a run, on each of the releases or kernels that it compares, and adds what they found to its
 * record.
 */
export async function appendTests(
  record: RunRecord,
  tests: LoadedTests,
  order: RunOrder,
  services: RunServices,
): Promise<RunRecord> {
  const { listener, signal } = services;
  const aborted = (): boolean => signal.aborted;
  if (aborted()) return record;
  const outcomes: TestsOutcome[] = [];
  try {
    for (const variant of services.variants) {
      if (aborted()) break;
      const { name, dataplane = services.dataplane } = variant;
      const own = { ...services, dataplane, variants: [variant] };
      const mark = name === undefined ? {} : { variant: name };
      outcomes.push(await withLabs(order, own, (labs) => tests.run({ labs, listener, signal, ...mark })));
    }
  } finally {
    tests.dispose();
  }
  return { ...withTests(record, together(outcomes)), ...(aborted() ? { exitCode: ExitCode.interrupted } : {}) };
}

function together(outcomes: readonly TestsOutcome[]): TestsOutcome {
  return {
    tests: outcomes.flatMap(({ tests }) => tests),
    verdicts: outcomes.flatMap(({ verdicts }) => verdicts),
    troubles: outcomes.flatMap(({ troubles }) => troubles),
  };
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

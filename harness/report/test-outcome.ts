import { relative } from "node:path";
import type { ProofRecord, RunRecord, TestRecord } from "../run/record.ts";
import type { Verdict } from "../verify/verdict.ts";
import { outcomesOf, type PathOutcome } from "./path-outcome.ts";
import { againTest, repeatOf } from "./see-it.ts";

/** A test that somebody wrote, as every report shows it. */
export interface TestOutcome {
  readonly test: TestRecord;
  readonly verdict: Verdict;
  /** The titles on one line. */
  readonly title: string;
  /** The test as one item, with the path that decided it: the first that is as wrong as the test. */
  readonly outcome: PathOutcome;
  /** What each proof found, path by path. */
  readonly proofs: readonly (readonly PathOutcome[])[];
}

/** All tests of a run in the order in which they ran. */
export function testOutcomes(record: RunRecord): readonly TestOutcome[] {
  const { tests = [], verdicts } = record;
  const byId = new Map(verdicts.map((verdict) => [keyOf(verdict), verdict]));
  return tests.flatMap((test) => {
    const verdict = byId.get(keyOf(test));
    return verdict === undefined ? [] : [testOutcomeOf(test, verdict, repeatOf(record))];
  });
}

function keyOf({ id, variant = "" }: Pick<Verdict, "id" | "variant">): string {
  return `${variant}\n${id}`;
}

/** One test with its verdict; `repeat` is the verb and the options that repeat the run. */
export function testOutcomeOf(test: TestRecord, verdict: Verdict, repeat: readonly string[]): TestOutcome {
  const proofs = test.proofs.map(outcomesOfProof);
  const { id, status, reason, category } = verdict;
  const wrong = status === "fail" || status === "inconclusive";
  const decisive = wrong ? proofs.flat().find((one) => one.status === status)?.path : undefined;
  return {
    test,
    verdict,
    title: withVariant(test.titles.join(" › "), test),
    outcome: {
      id,
      mode: test.lab?.mode ?? "none",
      ...(decisive === undefined ? {} : { path: decisive }),
      verdicts: [verdict],
      status,
      reason: reason ?? "",
      ...(category === undefined ? {} : { category }),
      again: againTest(shortest(test.file), repeat),
    },
    proofs,
  };
}

/** What sets a test apart from itself on another release. */
export function withVariant(title: string, { variant }: Pick<TestRecord, "variant">): string {
  return variant === undefined ? title : `${title} (${variant})`;
}

/** Files below the current folder are shown relative to it, others in full. */
export function shortest(file: string): string {
  const fromHere = relative(process.cwd(), file);
  return fromHere.startsWith("..") ? file : fromHere;
}

function outcomesOfProof({ mode, verdicts, paths }: ProofRecord): readonly PathOutcome[] {
  return outcomesOf({ mode, paths }, verdicts);
}

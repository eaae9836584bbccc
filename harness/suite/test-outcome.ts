import { basename } from "node:path";
import type { Cause } from "../cause/cause.ts";
import { HarnessError, formatError, messageOf } from "../core/errors.ts";
import type { ProofRecord } from "../run/record.ts";
import type { Verdict } from "../verify/verdict.ts";
import { ProofError } from "./proof.ts";

/** Name of the check that every test's verdict stands under. */
const testCheck = "test";

/** Id of a test's verdict: the name of its file, then its titles. */
export function testId(name: string, titles: readonly string[]): string {
  return ["tests", name, ...titles].join("/");
}

/** The verdict of a test that ended without an error: a pass, unless something it proved was never asserted on. */
export function endedVerdict(id: string, title: string, forgotten: ProofRecord | undefined): Verdict {
  const base = { id, check: testCheck, expected: title, evidence: [] };
  if (forgotten === undefined) return { ...base, status: "pass", observed: "as asserted" };
  const paths = forgotten.paths.map(({ expectation }) => expectation.path.id).join(", ");
  const reason = `the proof of ${paths} was never asserted on: call mustPass(), or look at its status`;
  return { ...base, status: "fail", category: "assertion", observed: "a proof that nothing checked", reason };
}

/** The verdict of a test that threw: wrong where it asserts, and where it merely broke nothing can be said. */
export function thrownVerdict(id: string, title: string, error: unknown, file: string): Verdict {
  const evidence = placesIn(error, file);
  const base = { id, check: testCheck, evidence };
  if (error instanceof ProofError) {
    const { status, expected, observed, reason, category, evidence: found } = error.verdict;
    const decided = status === "fail" ? status : "inconclusive";
    const why = [...error.causes.map(causeLine), reason ?? error.message].join("\n");
    const ofProof = { expected, observed, reason: why, evidence: [...found, ...evidence] };
    return { ...base, ...ofProof, status: decided, category: category ?? fallback[decided] };
  }
  if (isAssertion(error)) {
    const reason = messageOf(error);
    return { ...base, status: "fail", category: "assertion", expected: title, observed: firstLine(reason), reason };
  }
  const reason = error instanceof HarnessError ? formatError(error) : messageOf(error);
  const observed = `broken: ${firstLine(reason)}`;
  return { ...base, status: "inconclusive", category: "lab trouble", expected: title, observed, reason };
}

/** The verdict of a test that did not run. */
export function skippedVerdict(id: string, title: string, reason: string): Verdict {
  return { id, check: testCheck, status: "skip", expected: title, observed: "not run", reason, evidence: [] };
}

function causeLine({ sentence, fix }: Cause): string {
  return `cause: ${sentence}: ${fix}`;
}

const fallback = { fail: "assertion", inconclusive: "inconclusive" } as const;

/** Node's own, Chai's, Jest's: all are named so. */
function isAssertion(error: unknown): boolean {
  return error instanceof Error && /assert|expectation/i.test(`${error.name} ${error.constructor.name}`);
}

/** The lines of the test's own file in the stack: where it was asserted. */
function placesIn(error: unknown, file: string): readonly string[] {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const own = stack.split("\n").filter((line) => line.includes(basename(file)) && /^\s+at /.test(line));
  return own.map((line) =>
    line
      .trim()
      .replaceAll(/\?import=\d+/g, "")
      .replaceAll("file://", ""),
  );
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? text;
}

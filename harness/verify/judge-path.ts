import { LabError, UsageError } from "../core/errors.ts";
import type { PathExpectation } from "../encap/expectation.ts";
import type { Check, NetworkCase } from "./check.ts";
import type { PathCase, Verdict } from "./verdict.ts";

/** The answers of all checks that apply to a path; one skip where the path cannot be asked. */
export function judgePath(pathCase: PathCase, checks: readonly Check[]): Verdict[] {
  const { path, skip } = pathCase.expectation;
  if (skip !== undefined) {
    return [
      {
        id: path.id,
        check: "reached",
        status: "skip",
        expected: "nothing",
        observed: "not asked",
        reason: skip,
        evidence: [],
      },
    ];
  }
  return checks.flatMap((check) => (check.of === "path" ? (check.judge(pathCase) ?? []) : []));
}

/** The answers of all checks of the network as a whole. */
export function judgeNetwork(networkCase: NetworkCase, checks: readonly Check[]): Verdict[] {
  return checks.flatMap((check) => (check.of === "network" ? check.judge(networkCase) : []));
}

/** A run without paths is a UsageError, a path that no check was put to a LabError. */
export function assertJudged(expectations: readonly PathExpectation[], verdicts: readonly Verdict[]): void {
  if (expectations.length === 0) {
    throw new UsageError("there was no path to check", {
      fix: "select other paths, another shard or another topology",
    });
  }
  const judged = new Set(verdicts.map((verdict) => verdict.id));
  const left = expectations.map(({ path }) => path.id).filter((id) => !judged.has(id));
  if (left.length === 0) return;
  throw new LabError(`${left.length} of ${expectations.length} paths were never checked`, {
    tail: left.slice(0, 10).join("\n"),
  });
}

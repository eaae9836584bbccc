import { LabError, UsageError } from "../core/errors.ts";
import type { PathExpectation } from "../encap/expectation.ts";
import { conservation } from "./conservation.ts";
import { delay } from "./delay.ts";
import { encapsulated } from "./encapsulated.ts";
import { mtu } from "./mtu.ts";
import { noLeak } from "./no-leak.ts";
import { notEncapsulated } from "./not-encapsulated.ts";
import { outerEndpoints } from "./outer-endpoints.ts";
import { reached } from "./reached.ts";
import { sourceAddress } from "./source-address.ts";
import { symmetry } from "./symmetry.ts";
import type { Check, PathCase, Verdict } from "./verdict.ts";

/**
 * Every question that is put to a path, causes before their consequences: the first failed one heads the report. The
 * control plane is judged per node, by judgeControlPlane.
 */
export const checks: readonly Check[] = [
  encapsulated,
  notEncapsulated,
  noLeak,
  symmetry,
  outerEndpoints,
  sourceAddress,
  reached,
  conservation,
  mtu,
  delay,
];

/** The answers of all checks that apply to a path; one skip where the path cannot be asked. */
export function judgePath(pathCase: PathCase): Verdict[] {
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
  return checks.flatMap((check) => check.judge(pathCase) ?? []);
}

/** DESIGN rule 7.9: a run without paths is a UsageError, a path that no check was put to a LabError. */
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

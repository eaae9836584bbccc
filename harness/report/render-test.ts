import type { TestRecord } from "../run/record.ts";
import type { Verdict } from "../verify/verdict.ts";
import { formatMs } from "./format.ts";
import { renderProblem, type ProblemOptions } from "./render-problem.ts";
import { marks, paint } from "./style.ts";
import { testOutcomeOf } from "./test-outcome.ts";

/** One line for a test, and everything that explains it where it is wrong; with quiet only what is wrong. */
export function renderTest(
  test: TestRecord,
  verdict: Verdict,
  options: ProblemOptions & { readonly quiet: boolean },
): readonly string[] {
  const { style } = options;
  const { outcome, title } = testOutcomeOf(test, verdict, options.repeat);
  const { status } = verdict;
  if (status === "pass" || status === "skip") {
    if (options.quiet) return [];
    const why = status === "skip" ? `skipped: ${verdict.reason ?? ""}` : formatMs(test.durationMs);
    return [`  ${paint(style, status, marks[status])} ${title}  ${style.faint(why)}`];
  }
  const byHand = test.commands.map((command) => `      by hand   ${command}`);
  return [...renderProblem({ ...outcome, id: title }, options), ...byHand];
}

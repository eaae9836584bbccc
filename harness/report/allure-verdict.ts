import { Status as AllureStatus, type StatusDetails } from "allure-js-commons";
import type { Cause } from "../cause/cause.ts";
import type { Category, Status, Verdict } from "../verify/verdict.ts";
import { categorized, causedBy, meaningOf } from "./allure-categories.ts";
import { attachText, type AllureStep, type AllureTest } from "./allure-item.ts";
import { leadingVerdict, type PathOutcome } from "./path-outcome.ts";

/**
 * Status and message of a whole item: those of the verdict that leads. What one cause explains has one message, whatever each of the
 * failures looks like: in the page's categories it is one line.
 */
export function statusOf(outcome: PathOutcome, causes: readonly Cause[] = []): Pick<AllureTest, "status" | "details"> {
  const { status, reason } = outcome;
  if (status === "pass") return { status: AllureStatus.PASSED };
  if (status === "skip") return { status: AllureStatus.SKIPPED, details: { message: reason } };
  const leading = leadingVerdict(outcome);
  const message = categorized("inconclusive", reason);
  const cause = status === "fail" ? causes.find(({ explains }) => explains.includes(outcome.id)) : undefined;
  const details = leading === undefined ? { message, trace: message } : detailsOf(leading, cause);
  return { status: statuses[status], details };
}

/** A wrong wire is failed; where nothing can be said the test is broken. */
const statuses: Readonly<Record<Status, AllureStatus>> = {
  pass: AllureStatus.PASSED,
  fail: AllureStatus.FAILED,
  inconclusive: AllureStatus.BROKEN,
  skip: AllureStatus.SKIPPED,
};

function detailsOf(verdict: Verdict, cause?: Cause): StatusDetails {
  const { status, expected, observed, evidence } = verdict;
  const fallback: Category = status === "fail" ? "not reached" : "inconclusive";
  const reason = verdict.reason ?? `expected ${expected}, observed ${observed}`;
  const category = verdict.category ?? fallback;
  // One message per category, so that failures alike are one line there; a doubt's reason says what would settle it.
  const message =
    cause === undefined ? categorized(category, alike.has(category) ? meaningOf(category) : reason) : causedBy(cause);
  const trace = [categorized(category, reason), `expected  ${expected}`, `observed  ${observed}`, ...evidence].join(
    "\n",
  );
  return status === "fail" ? { message, trace, actual: observed, expected } : { message, trace };
}

/** Categories whose failures are told apart by their paths, not by their words. */
const alike: ReadonlySet<Category> = new Set<Category>([
  ...(["leak", "needless encapsulation", "asymmetric", "wrong outer address", "wrong source address"] as const),
  ...(["not reached", "lost on the way", "wrong MTU", "control plane"] as const),
]);

/** A check as a step, with what was expected and observed. */
export function checkStep(verdict: Verdict): AllureStep {
  const { check, status, expected, observed, evidence, reason } = verdict;
  if (status === "skip") {
    const name = `${check}: skipped, ${reason ?? "no reason given"}`;
    return { kind: "step", name, status: AllureStatus.SKIPPED };
  }
  return {
    kind: "step",
    name: `${check}: ${words[status]}`,
    status: statuses[status],
    ...(status === "pass" ? {} : { details: detailsOf(verdict) }),
    parameters: [
      { name: "expected", value: expected },
      { name: "observed", value: observed },
    ],
    content: evidence.length === 0 ? [] : [attachText(`${check} evidence`, evidence.join("\n"))],
  };
}

/** All checks of a path on which everything is as it must be as one step: in a large lab steps of their own are most of the page. */
export function checksStep(verdicts: readonly Verdict[], more: string): AllureStep {
  const asked = verdicts.filter(({ status }) => status !== "skip");
  return {
    kind: "step",
    name: `${asked.length} checks as expected`,
    status: AllureStatus.PASSED,
    parameters: [
      ...verdicts.map(({ check, status, observed, reason }) => ({
        name: check,
        value: status === "skip" ? `skipped, ${reason ?? "no reason given"}` : observed,
      })),
      { name: "hops, packets, commands", value: more },
    ],
  };
}

const words: Readonly<Record<Exclude<Status, "skip">, string>> = {
  pass: "as expected",
  fail: "wrong",
  inconclusive: "not proven",
};

import { Status as AllureStatus, type Label, type Parameter } from "allure-js-commons";
import { evidenceOf } from "./allure-attachments.ts";
import { attachText, type AllureContent, type AllureStep, type AllureTest } from "./allure-item.ts";
import type { AllureContext } from "./allure-context.ts";
import { checkStep, statusOf } from "./allure-verdict.ts";
import { describeOutcome } from "./allure-description.ts";
import type { PathOutcome } from "./path-outcome.ts";
import { shortest, testOutcomes, withVariant, type TestOutcome } from "./test-outcome.ts";

/** The tests of Mocha files, each with its proofs as steps and with what it did by hand. */
export function* writtenTests(context: AllureContext): Generator<AllureTest> {
  for (const written of testOutcomes(context.record)) yield writtenTest(written, context);
}

function writtenTest(written: TestOutcome, context: AllureContext): AllureTest {
  const { test, verdict, outcome, proofs } = written;
  const suites = test.titles.slice(0, -1);
  const start = Date.parse(test.startedAt);
  const { status } = verdict;
  const description = describeOutcome(outcome, { ...context, causes: [] });
  const wrong = status === "fail" || status === "inconclusive";
  return {
    suites: [withVariant(shortest(test.file), test), ...suites],
    name: test.titles.at(-1) ?? test.id,
    ...statusOf(outcome),
    ...(description === undefined ? {} : { description }),
    labels: labelsOf(written),
    parameters: parametersOf(written),
    content: [
      ...byHand(written),
      ...proofs.flat().map((one) => proofStep(one, context)),
      ...(wrong ? [checkStep(verdict)] : []),
    ],
    start,
    stop: start + Math.round(test.durationMs),
  };
}

function labelsOf({ test, outcome }: TestOutcome): readonly Label[] {
  return [
    { name: "epic", value: "Your own tests" },
    { name: "feature", value: shortest(test.file) },
    { name: "story", value: test.titles.slice(0, -1).join(" › ") || "tests" },
    { name: "severity", value: "critical" },
    ...(outcome.category === undefined ? [] : [{ name: "tag", value: outcome.category }]),
    ...(outcome.status === "skip" ? [{ name: "skip", value: outcome.reason }] : []),
  ];
}

function parametersOf({ test: { lab } }: TestOutcome): readonly Parameter[] {
  if (lab === undefined) return [];
  const { mode, topology, provider, dataplane } = lab;
  return Object.entries({ mode, topology, provider, dataplane }).map(([name, value]) => ({
    name,
    value,
    excluded: true,
  }));
}

function byHand({ test: { commands } }: TestOutcome): readonly AllureContent[] {
  return commands.length === 0 ? [] : [attachText("commands run by hand", commands.join("\n"))];
}

/** A path that was put to proof, check by check; all evidence where it was not as expected, for a test may assert just that. */
function proofStep(outcome: PathOutcome, context: AllureContext): AllureStep {
  return {
    kind: "step",
    name: `prove ${outcome.id}: ${words[outcome.status]}`,
    status: outcome.status === "skip" ? AllureStatus.SKIPPED : AllureStatus.PASSED,
    content: [...outcome.verdicts.map(checkStep), ...(outcome.status === "pass" ? [] : evidenceOf(outcome, context))],
  };
}

const words = { pass: "as expected", fail: "wrong", inconclusive: "not proven", skip: "skipped" } as const;

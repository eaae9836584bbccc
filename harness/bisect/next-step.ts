import type { Question } from "./question.ts";
import type { Step } from "./step.ts";

/** How a bisection goes on, or how it ended. */
export type Next =
  | { readonly kind: "try"; readonly candidate: string; readonly left: number }
  /** Neighbors: the last that answers as the first end does, and the first that answers otherwise. */
  | { readonly kind: "found"; readonly before: Step; readonly after: Step }
  /** What lies between the two cannot be tested: one of those, or `after`, is the culprit. */
  | { readonly kind: "undecided"; readonly before: Step; readonly after: Step; readonly untestable: readonly Step[] }
  /** An end does not answer as it was said to: there is nothing between them to find. */
  | { readonly kind: "refuted"; readonly step: Step; readonly said: "good" | "bad" };

/**
 * The next candidate to try, or the end. Both ends are tried before anything between them, as their answers are half of the
 * evidence; then always the one nearest to the middle that can be tested. Pure.
 */
export function nextStep({ candidates, good, bad }: Question, steps: readonly Step[]): Next {
  const answers = new Map(steps.map((step) => [step.candidate, step]));
  const length = Math.abs(candidates.indexOf(good) - candidates.indexOf(bad));
  for (const [end, said] of [[good, "good"] as const, [bad, "bad"] as const]) {
    const step = answers.get(end);
    if (step === undefined) return { kind: "try", candidate: end, left: stepsLeft(length) + (end === good ? 2 : 1) };
    if (step.answer !== said) return { kind: "refuted", step, said };
  }
  const [first, last] = [candidates.indexOf(good), candidates.indexOf(bad)].sort((a, b) => a - b);
  return halve(candidates.slice(first, (last ?? 0) + 1), answers);
}

function halve(range: readonly string[], answers: ReadonlyMap<string, Step>): Next {
  const told = range.flatMap((candidate) => answers.get(candidate) ?? []);
  const sides = told.filter(({ answer }) => answer !== "untestable");
  const after = sides.find(({ answer }) => answer !== sides[0]?.answer);
  const before = after && sides[sides.indexOf(after) - 1];
  if (after === undefined || before === undefined) throw new RangeError("the ends of a bisection answer alike");
  const between = range.slice(range.indexOf(before.candidate) + 1, range.indexOf(after.candidate));
  const untried = between.filter((candidate) => !answers.has(candidate));
  const middle = (between.length - 1) / 2;
  const distance = (candidate: string): number => Math.abs(between.indexOf(candidate) - middle);
  const [nearest] = untried.toSorted((a, b) => distance(a) - distance(b));
  if (nearest !== undefined) return { kind: "try", candidate: nearest, left: stepsLeft(between.length + 1) };
  const untestable = told.filter(({ candidate }) => between.includes(candidate));
  if (untestable.length === 0) return { kind: "found", before, after };
  return { kind: "undecided", before, after, untestable };
}

/** Steps that halving takes at most, from the number of gaps in which the change may lie. */
function stepsLeft(gaps: number): number {
  return Math.ceil(Math.log2(gaps));
}

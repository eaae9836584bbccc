import { z } from "zod";
import { UsageError } from "../core/errors.ts";
import { jsonOf } from "../core/json-of.ts";
import { statuses } from "../verify/verdict.ts";
import type { Question } from "./question.ts";
import type { Step } from "./step.ts";

/** Name and version of the schema of a bisection's file; raise the version with every incompatible change. */
const bisectSchema = "encaplab/bisect/1";

/** What a bisection's file holds: enough to go on after an interruption, and to show how the culprit was found. */
export interface BisectState {
  readonly schema: typeof bisectSchema;
  readonly question: Question & { readonly check: string };
  /** In the order in which they were tried. */
  readonly steps: readonly Step[];
}

/** A bisection before its first step. */
export function newState(question: BisectState["question"]): BisectState {
  return { schema: bisectSchema, question, steps: [] };
}

/** A bisection with one step more; a candidate that was tried before is told anew. */
export function withStep(state: BisectState, step: Step): BisectState {
  return { ...state, steps: [...state.steps.filter(({ candidate }) => candidate !== step.candidate), step] };
}

/** A bisection that goes on: what could not be tested before is tried once more. */
export function resumed(state: BisectState): BisectState {
  return { ...state, steps: state.steps.filter(({ answer }) => answer !== "untestable") };
}

/** Reads a bisection's file; UsageError where it is none. */
export function parseState(text: string, source: string): BisectState {
  const result = stateSchema.safeParse(jsonOf(text));
  if (result.success) return result.data;
  throw new UsageError("not the state of a bisection", {
    where: source,
    fix: "begin anew: --restart",
  });
}

const verdictSchema = z
  .strictObject({
    id: z.string(),
    check: z.string(),
    status: z.enum(statuses),
    expected: z.string(),
    observed: z.string(),
  })
  .readonly();
const runSchema = z
  .strictObject({
    id: z.string(),
    folder: z.string(),
    seconds: z.number(),
    runs: z.int().positive(),
    versions: z.record(z.string(), z.string()).readonly(),
    verdicts: z.array(verdictSchema).readonly(),
    causes: z.array(z.string()).readonly(),
    again: z.string(),
  })
  .readonly();
const stepSchema = z
  .strictObject({
    candidate: z.string(),
    answer: z.enum(["good", "bad", "untestable"]),
    reason: z.string(),
    run: runSchema.exactOptional(),
  })
  .readonly();
const stateSchema = z
  .strictObject({
    schema: z.literal(bisectSchema),
    question: z
      .strictObject({
        candidates: z.array(z.string()).min(2).readonly(),
        good: z.string(),
        bad: z.string(),
        check: z.string(),
      })
      .readonly(),
    steps: z.array(stepSchema).readonly(),
  })
  .readonly();

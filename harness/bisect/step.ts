import type { Verdict } from "../verify/verdict.ts";

/** What a candidate says to the check; what cannot be tested is passed over, as by `git bisect skip`. */
export type Answer = "good" | "bad" | "untestable";

/** One candidate that was tried. */
export interface Step {
  readonly candidate: string;
  readonly answer: Answer;
  /** Why nothing can be said, or in which words the check failed; empty where it is good. */
  readonly reason: string;
  /** Its run; missing where it was passed over unseen. */
  readonly run?: StepRun;
}

/** A verdict that was asked for. */
export type StepVerdict = Pick<Verdict, "id" | "check" | "status" | "expected" | "observed">;

/** The run that answers, as far as a reader needs it. */
interface StepRun {
  readonly id: string;
  readonly folder: string;
  /** Seconds of all its runs, and how many they were: a fault that comes and goes needs several. */
  readonly seconds: number;
  readonly runs: number;
  /** Calico, kernel and whatever else the lab was made of. */
  readonly versions: Readonly<Record<string, string>>;
  /** The verdicts that were asked for. */
  readonly verdicts: readonly StepVerdict[];
  /** What explains a failure, where something does. */
  readonly causes: readonly string[];
  /** Repeats this step alone. */
  readonly again: string;
}

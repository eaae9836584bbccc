import { HarnessError, UsageError, ExitCode } from "../core/errors.ts";
import { asTyped } from "../core/command-words.ts";
import { judgeStep, readAsked } from "../bisect/judge-step.ts";
import type { Step } from "../bisect/step.ts";
import { shellQuote } from "../exec/quote.ts";
import { traffics } from "../encap/path.ts";
import { modes, type Mode } from "../encap/mode.ts";
import type { RunRecord } from "../run/record.ts";
import type { Plan } from "../topology/plan.ts";
import { chooseLabs } from "./lab-choice.ts";
import type { LabOptions } from "./lab-options.ts";
import { plainMeasuring } from "./measuring-options.ts";
import { orderFor } from "./order.ts";
import { performRun } from "./perform-run.ts";
import { defaultCaptureBufferKiB, type RunOptions } from "./run-options.ts";

/** What all steps of a bisection share. */
export interface StepContext {
  readonly options: LabOptions & Pick<RunOptions, "out" | "color">;
  /** The flag that takes a candidate. */
  readonly axis: Axis;
  readonly check: string;
  readonly mode: Mode;
  readonly plan: Plan;
  /** Runs of a candidate in all of which the check must pass for it to be good. */
  readonly times: number;
  /** Draws the same pods, ports and sizes in every step. */
  readonly seed: number;
  /** Options that repeat a step by hand, but for its candidate. */
  readonly again: readonly string[];
  readonly signal: AbortSignal;
}

/** What the candidates of a list are. */
export type Axis = "calico" | "kernel";

/** The mode that a check's id begins with. */
export function modeOf(check: string): Mode | undefined {
  return modes.find(({ id }) => check.startsWith(`${id}/`));
}

/** The options of the labs of one candidate; UsageError where there is no such release. */
export function labsOf({ options, axis }: Pick<StepContext, "options" | "axis">, candidate: string): LabOptions {
  return { ...options, [axis]: [candidate] };
}

/**
 * Runs what the check needs on one candidate, and reads the answer. The first run that fails makes it bad, and good is what passes
 * in all of them.
 */
export async function tryCandidate(candidate: string, context: StepContext): Promise<Step> {
  const steps: Step[] = [];
  while (steps.length < context.times && !steps.some(({ answer }) => answer === "bad"))
    steps.push(await tryOnce(candidate, context));
  const bad = steps.find(({ answer }) => answer === "bad");
  const step = bad ?? steps.find(({ answer }) => answer === "untestable") ?? steps.at(-1);
  if (step?.run === undefined) return step ?? { candidate, answer: "untestable", reason: "it was not run" };
  const seconds = steps.reduce((sum, { run }) => sum + (run?.seconds ?? 0), 0);
  return { ...step, run: { ...step.run, seconds, runs: steps.length } };
}

/** A lab that does not come up is no answer. */
async function tryOnce(candidate: string, context: StepContext): Promise<Step> {
  try {
    const record = await runOn(candidate, context);
    if (record.exitCode === ExitCode.interrupted) throw context.signal.reason;
    return stepOf(candidate, record, context);
  } catch (error) {
    if (context.signal.aborted || !(error instanceof HarnessError) || error instanceof UsageError) throw error;
    return { candidate, answer: "untestable", reason: error.message };
  }
}

function runOn(candidate: string, context: StepContext): Promise<RunRecord> {
  const { options, axis, mode, plan, seed, signal } = context;
  const telling = { ...options, throughput: false, captureBuffer: defaultCaptureBufferKiB };
  const paths = pathsOf(context.check);
  const order = orderFor(
    // A path by its name may be one that the quick profile leaves out.
    { ...telling, paths: [...paths], profile: paths.length === 0 ? "quick" : "full" },
    {
      modes: [mode],
      plan,
      keep: false,
      measuring: plainMeasuring(seed),
      again: ["suite", ...context.again, `--${axis}`, candidate, "--no-throughput"],
    },
  );
  const job = { order, labs: chooseLabs(labsOf(context, candidate)), telling, signal };
  return performRun(job, { console: false, reports: false });
}

/** A path alone is a run of seconds; for a verdict on a node everything is asked. */
function pathsOf(check: string): readonly string[] {
  const { id } = readAsked(check);
  const [, traffic] = id?.split("/") ?? [];
  return id !== undefined && traffics.some((known) => known === traffic) ? [id] : [];
}

function stepOf(candidate: string, record: RunRecord, { options, check, mode }: StepContext): Step {
  const { answer, reason, verdicts } = judgeStep(record, readAsked(check));
  const [scenario] = record.scenarios;
  const paths = pathsOf(check).flatMap((path) => ["--paths", path]);
  const again = ["--mode", mode.calicoName, ...paths];
  return {
    candidate,
    answer,
    reason,
    run: {
      id: record.id,
      folder: `${options.out}/${record.id}`,
      seconds: record.durationMs / 1000,
      runs: 1,
      versions: {
        ...(scenario === undefined ? {} : { dataplane: scenario.dataplane.replace(/ \(.*\)$/, "") }),
        ...scenario?.versions,
        ...(scenario?.kernel === undefined ? {} : { kernel: scenario.kernel }),
      },
      verdicts: verdicts.map(({ id, check: name, status, expected, observed }) => ({
        id,
        check: name,
        status,
        expected,
        observed,
      })),
      causes: (scenario?.causes ?? []).map(({ sentence }) => sentence),
      again: asTyped(`npm run suite -- ${shellQuote([...(record.again ?? []).slice(1), ...again])}`),
    },
  };
}

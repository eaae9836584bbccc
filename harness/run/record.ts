import type { Coverage } from "./coverage.ts";
import type { Cause } from "../cause/cause.ts";
import type { PathExpectation } from "../encap/expectation.ts";
import type { Mode, ModeId } from "../encap/mode.ts";
import type { ExitCode } from "../core/errors.ts";
import type { Cost } from "../measure/cost.ts";
import type { TestedFile } from "../lab/tested-file.ts";
import type { SwitchRecord } from "../switch/switch-record.ts";
import type { Heard } from "../observe/heard-between.ts";
import type { Plan } from "../topology/plan.ts";
import type { SweptSize } from "../verify/swept-sizes.ts";
import type { Verdict } from "../verify/verdict.ts";

/** Name and version of the schema of run.json; raise the version with every incompatible change. */
export const runSchema = "encaplab/run/1";

/** What run.json holds: the whole outcome of a run, enough to make every report from. [public] */
export interface RunRecord {
  readonly schema: typeof runSchema;
  readonly id: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly command: string;
  /** Verb and options that repeat the run, but for its modes and paths: `suite --provider kind …`, `check 7f3kq`. */
  readonly again?: readonly string[];
  readonly mode: readonly ModeId[];
  readonly provider: string;
  readonly dataplane: string;
  readonly topology: string;
  /** Its file, where it does not come with encaplab. */
  readonly topologyFile?: string;
  readonly planDigest: string;
  readonly environment: Environment;
  readonly scenarios: readonly ScenarioRecord[];
  readonly verdicts: readonly Verdict[];
  readonly measurements: readonly Measurement[];
  /** Tests of Mocha files, each with a verdict among the others; missing where there were none. */
  readonly tests?: readonly TestRecord[];
  /** What each mode costs, as ratios with intervals; missing in records of before. */
  readonly costs?: readonly Cost[];
  /** Changes of mode under traffic, in their order; missing where there were none. */
  readonly switches?: readonly SwitchRecord[];
  /** What went wrong outside the verdicts: set-up, tear-down, reports. */
  readonly troubles: readonly Trouble[];
  readonly summary: Summary;
  readonly exitCode: ExitCode;
}

/** One test that a person wrote: an `it` of a Mocha file, with what it did and what it proved. */
export interface TestRecord {
  /** Id of its verdict: `tests/<file>/<titles>`. */
  readonly id: string;
  /** Which of several releases or kernels it ran on, where a run compares them. */
  readonly variant?: string;
  readonly file: string;
  /** Titles of the `describe`s around it, and its own. */
  readonly titles: readonly string[];
  readonly startedAt: string;
  readonly durationMs: number;
  /** The lab it ran on; missing where it used none. */
  readonly lab?: TestedLab;
  /** What it ran on nodes by hand: "a1: ip route del …", with the exit code where that is not 0. */
  readonly commands: readonly string[];
  /** What it put to proof, in order; what they found counts only by what the test asserts. */
  readonly proofs: readonly ProofRecord[];
}

/** The lab of a test. */
export interface TestedLab {
  readonly topology: string;
  readonly mode: ModeId;
  readonly provider: string;
  readonly dataplane: string;
  /** Why this provider. */
  readonly because: string;
  /** Seconds from nothing to converged. */
  readonly seconds: number;
}

/** Paths that a test asked, in the mode that was in effect then. */
export interface ProofRecord {
  readonly mode: ModeId;
  readonly verdicts: readonly Verdict[];
  readonly paths: readonly PathRecord[];
  /** Of failed verdicts, the most likely first; missing where there is none. */
  readonly causes?: readonly Cause[];
}

export interface Environment {
  readonly version: string;
  readonly kernel: string;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly os: string;
  readonly node: string;
  /** Tool name to version line. */
  readonly tools: Readonly<Record<string, string>>;
}

/** One mode on one lab. */
export interface ScenarioRecord {
  readonly mode: ModeId;
  /** What tells scenarios of the same mode apart: "kernel 6.12"; missing where there is only one. */
  readonly variant?: string;
  readonly provider: string;
  readonly dataplane: string;
  /** Why this provider and dataplane. */
  readonly because: string;
  /** Kernel release of the nodes, as `uname -r` on the first of them tells. */
  readonly kernel?: string;
  /** What the lab is made of, where the dataplane tells: Calico's and Kubernetes' releases. */
  readonly versions?: Readonly<Record<string, string>>;
  /** What was tested, by its content: the archive, the programs or the images of a Calico. */
  readonly tested?: readonly TestedFile[];
  /** What happened on the way into the mode that a reader must know: programs that had to be started again. */
  readonly notes?: readonly string[];
  /** Reason for which the whole mode was skipped. */
  readonly skip?: string;
  readonly phases: readonly PhaseRecord[];
  readonly capture?: { readonly packets: number; readonly droppedByKernel: number; readonly taps: number };
  readonly paths: readonly PathRecord[];
  /** What explains the failed verdicts, most likely first; missing where none failed. */
  readonly causes?: readonly Cause[];
  /** What of the mode was asked, and what was not; missing where nothing was, and in records of before. */
  readonly coverage?: Coverage;
}

/** One path with what was expected and what is needed to show it. */
export interface PathRecord {
  readonly expectation: PathExpectation;
  /** When its packets were on the wires; missing where none was seen. */
  readonly heard?: Heard;
  /** Hop by hop, both directions: what was seen there. */
  readonly hops: readonly HopRecord[];
  readonly commands: readonly string[];
  /** Titled blocks of text: routes, devices, FDB, decoded packets. */
  readonly evidence: readonly { readonly title: string; readonly lines: readonly string[] }[];
  /** Trimmed captures, relative to the results folder. */
  readonly pcaps: readonly string[];
  /** What became of DF packets of many sizes, ascending; missing where they were not sent. */
  readonly sizes?: readonly SweptSize[];
}

/** One stage of a scenario. */
interface PhaseRecord {
  readonly phase: string;
  /** ISO 8601; missing in records of before. */
  readonly startedAt?: string;
  readonly ms: number;
}

export interface HopRecord {
  readonly direction: "forward" | "reverse";
  readonly node: string;
  readonly device: string;
  readonly role: string;
  readonly expected: string;
  readonly observed: string;
  readonly packets: number;
  readonly ok: boolean;
}

/** What is measured, in the order in which it is printed. */
export const measurementKinds = [
  "overhead",
  "throughput",
  "cpu",
  "rtt",
  "setup",
  "jitter",
  "loss",
  "converge",
  "build",
] as const;

export interface Measurement {
  readonly id: string;
  readonly what: (typeof measurementKinds)[number];
  readonly mode?: ModeId;
  readonly variant?: string;
  readonly unit: string;
  readonly samples: readonly number[];
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Round trips only: how many of all echoes of the side took no longer, as a share. */
  readonly quantiles?: readonly { readonly share: number; readonly value: number }[];
  /** True unless the statistics allow a statement. */
  readonly indicative: boolean;
  /** Offloads, MTU, kernel and whatever else the figure depends on. */
  readonly conditions: Readonly<Record<string, string>>;
}

export interface Trouble {
  readonly phase: string;
  readonly message: string;
  readonly category: "lab trouble";
}

export interface Summary {
  readonly pass: number;
  readonly fail: number;
  readonly inconclusive: number;
  readonly skip: number;
}

/** What happens during a run, for live consoles and the timeline. */
export type RunEvent =
  | {
      readonly kind: "run-started";
      readonly id: string;
      readonly plan: Plan;
      readonly environment: Environment;
      readonly again?: readonly string[];
    }
  | {
      readonly kind: "choice";
      readonly mode: Mode;
      readonly provider: string;
      readonly dataplane: string;
      readonly because: string;
      readonly variant?: string;
    }
  | { readonly kind: "phase-started"; readonly mode?: ModeId; readonly phase: string }
  | {
      readonly kind: "phase-ended";
      readonly mode?: ModeId;
      readonly phase: string;
      readonly ms: number;
      readonly note?: string;
    }
  | {
      readonly kind: "scenario-ended";
      readonly scenario: ScenarioRecord;
      readonly verdicts: readonly Verdict[];
      readonly measurements: readonly Measurement[];
    }
  /** A change of mode and what it did; the new mode's own scenario follows. */
  | { readonly kind: "switched"; readonly change: SwitchRecord }
  | { readonly kind: "test-ended"; readonly test: TestRecord; readonly verdict: Verdict }
  | {
      /** After all labs of a mode's figures; the scenario's own event came before. */
      readonly kind: "measured";
      readonly scenario: Pick<ScenarioRecord, "mode" | "variant">;
      readonly measurements: readonly Measurement[];
      readonly costs: readonly Cost[];
      readonly verdicts: readonly Verdict[];
    }
  /** A lab stays up. */
  | { readonly kind: "kept"; readonly runId: string; readonly byHand: Readonly<Record<string, string>> }
  | { readonly kind: "trouble"; readonly trouble: Trouble }
  | { readonly kind: "run-ended"; readonly record: RunRecord; readonly folder: string };

/** Something that listens to a run. One broken listener must not stop the others. */
export interface RunListener {
  on(event: RunEvent): void | Promise<void>;
}

import type { Profile } from "../encap/enumerate.ts";
import type { Mode } from "../encap/mode.ts";
import type { Executor } from "../exec/executor.ts";
import type { Dataplane } from "../dataplane/dataplane.ts";
import type { Fault } from "../fault/fault.ts";
import type { Lab } from "../lab/lab.ts";
import type { Provider } from "../provider/provider.ts";
import type { Plan } from "../topology/plan.ts";
import type { RunListener } from "./record.ts";
import type { Suite } from "./suite.ts";

/** What a run shall do; a plain value made from the command line. */
export interface RunRequest {
  readonly id: string;
  /** The command as typed, for the record. */
  readonly command: string;
  readonly modes: readonly Mode[];
  readonly plan: Plan;
  readonly profile: Profile;
  /** Patterns that select paths; [] = all. */
  readonly paths: readonly string[];
  readonly shard?: string;
  /** Folder of the run's results. */
  readonly folder: string;
  /** A way to be wrong, injected after the mode is in effect. */
  readonly fault?: Fault;
  /** Leave the lab up at the end. */
  readonly keep: boolean;
  /** Kernel buffer of each capture in KiB. */
  readonly captureBufferKiB: number;
  /** Whether throughput is measured, where a suite asks for it. */
  readonly throughput: boolean;
  /** A lab that is up already, in the request's only mode: it is judged as it is, and left as it is. */
  readonly standing?: StandingLab;
}

/** A lab that was left up, with the provider that made it. */
export interface StandingLab {
  readonly lab: Lab;
  readonly provider: Provider;
}

/** Providers that may be used, cheapest first; named where a run compares several sets, as kernels. */
export interface Variant {
  readonly name?: string;
  readonly providers: readonly Provider[];
}

/** What a run works with: the effects, and who listens. */
export interface RunServices {
  readonly version: string;
  readonly host: Executor;
  /** Ways to run everything, one after the other; usually a single one without a name. */
  readonly variants: readonly Variant[];
  readonly dataplane: Dataplane;
  /** Why this dataplane, where it was not asked for by name; printed on the first lines. */
  readonly dataplaneBecause?: string;
  readonly suites: readonly Suite[];
  readonly listener: RunListener;
  readonly signal: AbortSignal;
}

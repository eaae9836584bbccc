import type { Profile } from "../encap/enumerate.ts";
import type { Mode } from "../encap/mode.ts";
import type { Fault } from "../fault/fault.ts";
import type { Lab } from "../lab/lab.ts";
import type { Provider } from "../provider/provider.ts";
import type { Plan } from "../topology/plan.ts";

/** The part of an order that says which labs are built: all that a lab session needs to know. */
export interface LabOrder {
  /** Run id: everything that is built carries it. */
  readonly id: string;
  readonly plan: Plan;
  readonly modes: readonly Mode[];
}

/** What a run shall do: one plain value on its whole way from the command line to the record. */
export interface RunOrder extends LabOrder {
  /** The command as typed, for the record. */
  readonly command: string;
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
  /** A lab that is up already, in the order's only mode: it is judged as it is, and left as it is. */
  readonly standing?: StandingLab;
}

/** A lab that was left up, with the provider that made it. */
export interface StandingLab {
  readonly lab: Lab;
  readonly provider: Provider;
}

import type { Profile } from "../encap/enumerate.ts";
import type { Mode } from "../encap/mode.ts";
import type { Fault } from "../fault/fault.ts";
import type { Lab } from "../lab/lab.ts";
import type { CostLimit } from "../measure/limit.ts";
import type { BaselineRun } from "../measure/judge-baseline.ts";
import type { Compared } from "../measure/measure-network.ts";
import type { MeasuringProfile } from "../measure/profiles.ts";
import type { Provider } from "../provider/provider.ts";
import type { Budget } from "../switch/budget.ts";
import type { SwitchEvent } from "../switch/switch-event.ts";
import type { Plan } from "../topology/plan.ts";
import type { LabMemory } from "./keep.ts";

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
  /** Verb and options that repeat the run, for whoever adds a mode and a path to them; missing where nothing was typed. */
  readonly again?: readonly string[];
  readonly profile: Profile;
  /** Patterns that select paths; [] = all. */
  readonly paths: readonly string[];
  readonly shard?: string;
  /** Turns the choice among each node's pods; missing = the first of each. */
  readonly turn?: number;
  /** Folder of the run's results. */
  readonly folder: string;
  /** A way to be wrong, injected after the mode is in effect. */
  readonly fault?: Fault;
  /** Leave the lab up at the end. */
  readonly keep: boolean;
  /** What a lab that is left up is labeled with, for `check` to ask the same again. */
  readonly memory?: LabMemory;
  /** Kernel buffer of each capture in KiB. */
  readonly captureBufferKiB: number;
  /** Whether throughput is measured, where a suite asks for it. */
  readonly throughput: boolean;
  readonly measuring: MeasuringChoice;
  /** A lab that is up already, in the order's only mode: it is judged as it is, and left as it is. */
  readonly standing?: StandingLab;
  /** Changes of mode under traffic, in place of a lab's mode after mode. */
  readonly tour?: Tour;
}

/** A lab's way through modes, while traffic goes on. */
export interface Tour {
  /** The mode that the lab is in at first, then those that it is changed to; with an event, the first alone. */
  readonly modes: readonly Mode[];
  /** What happens in the mode, in place of a change to another. */
  readonly event?: SwitchEvent;
  readonly budget: Budget;
  /** What a lab that stays is labeled with once the event has happened; missing = the order's memory. */
  readonly memoryAfter?: LabMemory;
  /** Build a second lab in each new mode and tell what the changed one has otherwise, where such a lab can stand beside it. */
  readonly compareBorn: boolean;
}

/** How costs are measured, and the gates that they must pass. */
export interface MeasuringChoice {
  readonly compared: Compared;
  /** In place of the one that the order's profile means. */
  readonly profile?: MeasuringProfile;
  /** The order of samples is drawn from it. */
  readonly seed: number;
  readonly limits: readonly CostLimit[];
  /** A run than which this one may be worse by a fraction at most. */
  readonly baseline?: { readonly run: BaselineRun; readonly most: number };
}

/** A lab that was left up, with the provider that made it. */
export interface StandingLab {
  /** MTU of its pods, where they were made before a change to what gives new pods another. */
  readonly podMtu?: number;
  readonly lab: Lab;
  readonly provider: Provider;
}

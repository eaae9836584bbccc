import type { Locality } from "../encap/path.ts";
import type { Form } from "../encap/expectation.ts";
import type { Family } from "../topology/topology.ts";
import type { Exercise, Reading } from "./exercise.ts";
import type { MachineUse } from "./machine-state.ts";

/**
 * What is compared: the mode's own path, the same once more (A/A), two pods of the same nodes whose packets are routed past the tunnel,
 * the mode once more instead of these (`--compare self`), and the nodes themselves.
 */
export type SideName = "mode" | "again" | "plain" | "self" | "host";

/** A kind of path, with the form that its packets have between the nodes. */
export interface PathClass {
  readonly locality: Locality;
  readonly family: Family;
  readonly form: Form | "none";
}

/** One sample of one side, with what was going on around it. */
export interface Sample extends PathClass {
  readonly exercise: Exercise;
  readonly side: SideName;
  /** Building of the lab, from 0. */
  readonly lab: number;
  /** Round within it, from 0: the samples of a round make pairs. */
  readonly round: number;
  readonly startedAt: string;
  readonly reading: Reading;
  /** The client's node, meanwhile. */
  readonly use: MachineUse;
  /** Share of the processors' time that went to others in the moments before the round. */
  readonly foreign: number;
  /** MHz of the client's first processor; missing where the machine does not tell. */
  readonly mhz?: number;
  /** Packets that the client's node sent into the tunnel meanwhile; missing where there is none, or where packets are few. */
  readonly tunneled?: number;
}

/** Shares of the processors' time from which on a machine counts as busy with other things: before a round, or stolen in a sample. */
const busyFrom = { foreign: 0.2, stolen: 0.05 } as const;

/** Whether the machine was too busy for the sample to be beyond doubt. Such samples are marked, never dropped. */
export function isBusy({ foreign, use }: Sample): boolean {
  return foreign >= busyFrom.foreign || use.stolen >= busyFrom.stolen;
}

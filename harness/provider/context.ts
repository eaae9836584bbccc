import type { CommandRecord } from "../exec/recording.ts";

/** What a run gives to every provider that it makes. */
export interface ProviderContext {
  /** Told of every command: the run's timeline. */
  readonly onCommand?: (record: CommandRecord) => void;
  /** Process whose death makes the lab stale; default: this one. */
  readonly ownerPid?: number;
  /** Default: the user of this process. */
  readonly userId?: number;
}

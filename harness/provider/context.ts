import type { CommandRecord } from "../exec/recording.ts";
import type { Payload } from "../lab/lab.ts";

/** What a run gives to every provider that it makes. */
export interface ProviderContext {
  /** Told of every command: the run's timeline. */
  readonly onCommand?: (record: CommandRecord) => void;
  /** Process whose death makes the lab stale; default: this one. */
  readonly ownerPid?: number;
  /** Default: the user of this process. */
  readonly userId?: number;
  /** Folder for kernels, images and saved states, shared by all runs; default `~/.cache/encaplab`. */
  readonly cache?: string;
  /** Labs shall outlive this process, so that nothing that follows its death may remove them. */
  readonly stays?: boolean;
  /** Told of what the user should know and no error says. */
  readonly onNotice?: (text: string) => void;
  /** Gives the files that every node with a file system of its own shall have, when nodes are made. */
  readonly payload?: () => Promise<Payload | undefined>;
  /** Socket of the user's ssh agent. */
  readonly sshAgent?: string;
}

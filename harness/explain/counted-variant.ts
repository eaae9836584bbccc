import type { PacketForm } from "../packet/form.ts";
import type { Level } from "../packet/levels.ts";

/** A variant while it is being counted. */
export interface CountedVariant {
  readonly direction: "forward" | "reverse";
  readonly form: PacketForm;
  readonly levels: readonly Level[];
  packets: number;
  fragments: number;
  bytes: number;
  /** Missing where what is inside cannot be read. */
  overheadBytes: number | undefined;
  /** Packets that were seen in another form too, on their way through one node. */
  inTransit: number;
}

import type { FormCounts } from "../packet/form.ts";
import type { CaptureInterface } from "../packet/packet.ts";
import type { Suspicion } from "./suspicion.ts";
import type { Conversation, FoldedConversations, IcmpErrorCount, OtherTraffic } from "./conversation.ts";

/** What a capture holds, as a value that can be printed as JSON. */
export interface CaptureSummary {
  readonly file: string;
  readonly packets: number;
  /** Bytes on the wire, also of what the snapshot length cut. */
  readonly bytes: number;
  /** Of the first interface, where there are several. */
  readonly linkType: number;
  readonly snaplen: number;
  /** Of pcapng alone. */
  readonly interfaces?: readonly CaptureInterface[];
  /** False where the end of the file could not be read: the hints say why. */
  readonly complete: boolean;
  /** Why the file could not be read to its end, where it is damaged and not only cut. */
  readonly damage?: { readonly message: string; readonly fix?: string };
  /** Seconds since the epoch; missing in a capture without packets. */
  readonly firstSeconds?: number;
  readonly lastSeconds?: number;
  readonly vxlanPorts: readonly number[];
  /** IP packets by their outermost encapsulation; parts of a packet that was cut on its way count once. */
  readonly forms: FormCounts;
  /** IP packets by all their encapsulations, where there are several in each other. */
  readonly nested: Readonly<Record<string, number>>;
  /** Packets that were cut on their way, and their parts. */
  readonly fragments: { readonly packets: number; readonly encapsulated: number; readonly parts: number };
  /** In the order of their first packets. */
  readonly conversations: readonly Conversation[];
  /** The smaller conversations of a capture that has more than can be kept. */
  readonly folded?: FoldedConversations;
  readonly icmpErrors: readonly IcmpErrorCount[];
  readonly other: OtherTraffic;
  /** What the packets that are not IP were, with how many of each. */
  readonly notIp: Readonly<Record<string, number>>;
  /** What looks like a tunnel and is counted as plain all the same. */
  readonly suspicions: readonly Suspicion[];
  /** What the reader should know before believing the table. */
  readonly hints: readonly string[];
}

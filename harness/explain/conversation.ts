import type { PacketForm } from "../packet/form.ts";
import type { Level } from "../packet/levels.ts";

/** Packets of one direction of a conversation that look alike from outside. */
export interface ConversationVariant {
  /** "forward" goes from `a` to `b`. */
  readonly direction: "forward" | "reverse";
  /** Of the outermost encapsulation. */
  readonly form: PacketForm;
  /** Endpoints of the outermost encapsulation; missing on plain packets. */
  readonly outerSource?: string;
  readonly outerDestination?: string;
  readonly vni?: number;
  /** What the outermost encapsulation has instead of a VNI: a GRE key, a session, an SPI. */
  readonly tunnelId?: number;
  /** All encapsulations, outermost first, where there are several in each other. */
  readonly levels?: readonly Level[];
  readonly packets: number;
  /** Parts into which some of these packets were cut on the way; missing where none was. */
  readonly fragments?: number;
  /** Inner IP lengths; those of the carrying packets where what is inside cannot be read. */
  readonly bytes: number;
  /** Outer minus inner IP length, summed over the packets; missing where what is inside cannot be read. */
  readonly overheadBytes?: number;
}

/** In what the answers are not the mirror image of the requests. */
export interface Asymmetry {
  readonly what: "form" | "vni" | "source" | "destination";
  /** What answers should have by the requests. */
  readonly expected: string;
  readonly observed: string;
}

/** All packets between two inner endpoints of one protocol and service port, at one interface where that is known. */
export interface Conversation {
  /** Who sent first. */
  readonly a: string;
  readonly b: string;
  readonly protocol: string;
  /** TCP and UDP: the service's, as its first SYN tells, or the port that more connections share. */
  readonly port?: number;
  /** As SLL2 numbers it. */
  readonly interfaceIndex?: number;
  /** As pcapng names it. */
  readonly interfaceName?: string;
  readonly firstSeconds: number;
  readonly lastSeconds: number;
  readonly variants: readonly ConversationVariant[];
  /** The directions differ: `asymmetries` says in what. */
  readonly asymmetric: boolean;
  readonly asymmetries: readonly Asymmetry[];
  /** One direction comes in more than one form, or in more than one VNI. */
  readonly mixed: boolean;
  /** No packet in the reverse direction. */
  readonly oneWay: boolean;
  /** The same packets were seen plain and encapsulated, on their way through one node. */
  readonly throughNode?: true;
}

/** Packets that belong to no conversation, or that could not be read to the end (these may be in one all the same). */
export interface OtherTraffic {
  readonly arp: number;
  readonly neighborDiscovery: number;
  readonly notIp: number;
  readonly innerUnread: number;
  readonly malformed: number;
  readonly truncated: number;
}

/** An error that a router or host sent about somebody's packet, with how often it was seen. */
export interface IcmpErrorCount {
  readonly from: string;
  readonly to: string;
  /** "fragmentation needed, MTU 1400" */
  readonly error: string;
  /** "VXLAN 4096 198.18.1.11 > 198.18.2.11 / 198.19.0.2 > 198.19.0.66 TCP 80" */
  readonly about: string;
  readonly packets: number;
}

/** Conversations that were put together, since a capture may have any number of them. */
export interface FoldedConversations {
  readonly conversations: number;
  readonly packets: number;
  readonly bytes: number;
  readonly asymmetric: number;
  readonly mixed: number;
}

import type { ObservedForm, TapId } from "../encap/expectation.ts";
import type { Probe } from "../probe/probe.ts";
import type { Piece } from "./pieces.ts";

export type Direction = "forward" | "reverse";

/** Headers of packets that look alike at one tap, with how many there were. */
export interface HeaderVariant {
  readonly form: ObservedForm;
  readonly packets: number;
  readonly outerSource?: string;
  readonly outerDestination?: string;
  readonly outerTtl?: number;
  readonly outerDontFragment?: boolean;
  /** IPIP only: DF of the inner header, which the outer one must have as well. */
  readonly dontFragment?: boolean;
  /** TOS or traffic class of the outer header. */
  readonly outerTos?: number;
  /** The UDP header in front of VXLAN has no checksum. */
  readonly noChecksum?: true;
  /** Headers whose checksum is wrong, outermost first: "outer UDP and TCP"; missing where none is, as far as the captured bytes tell. */
  readonly wrongChecksum?: string;
  /** The packet is the first part of one that was cut on the way; only such a part holds the inner headers. */
  readonly fragment?: true;
  /** VXLAN only. */
  readonly vxlan?: {
    readonly vni: number;
    readonly port: number;
    readonly flags: number;
    readonly innerSourceMac: string;
    readonly innerDestinationMac: string;
  };
  /** WireGuard only: both ends' UDP ports. */
  readonly wireguard?: { readonly sourcePort: number; readonly port: number };
  /** Addresses of the (inner) IP header that carries the probe. */
  readonly source: string;
  readonly destination: string;
  readonly ttl: number;
  /** TOS or traffic class of the inner header: DSCP and ECN. */
  readonly tos?: number;
  /** Outer minus inner IP total length of the same packet; 0 for plain ones. */
  readonly overhead: number;
  readonly firstPacket: PacketRef;
}

/** Where to find a packet again. */
export interface PacketRef {
  /** Capture file (base name) and packet number in it, from 1 as tcpdump and Wireshark count. */
  readonly file: string;
  readonly number: number;
  /** Seconds since the epoch with microseconds. */
  readonly time: number;
  /** One line per layer, outermost first. */
  readonly lines: readonly string[];
}

/** What one tap heard of one probe in one direction. */
export interface TapSighting {
  readonly tap: TapId;
  readonly direction: Direction;
  readonly variants: readonly HeaderVariant[];
  /** Packets in all variants; a packet that a tap sees twice (in and out of one device) counts once. */
  readonly packets: number;
  /** Piece by piece, flow by flow. */
  readonly flows: readonly FlowAccount[];
}

/** What one tap heard of one flow in one direction, so that no packet is missed and none counted for another. */
export interface FlowAccount {
  /** Tells the flows of a probe apart, whatever address translation does to them: `echo`, `udp 3`, the client's first TCP sequence number. */
  readonly flow: string;
  /** What positions count: packets by their number, or bytes of a TCP stream from the SYN (at 0) to the FIN. */
  readonly unit: "packets" | "bytes";
  readonly pieces: readonly Piece[];
  /** TCP packets that only acknowledge. */
  readonly acks: number;
  /** Seconds since the epoch at which packets that open a TCP connection were heard. */
  readonly openings: readonly number[];
  /** Seconds since the epoch at which the last packet was heard. */
  readonly lastAt: number;
  /** Source ports of the outermost UDP or TCP header, by which equal ways are chosen; [] for ICMP and IPIP. */
  readonly sourcePorts: readonly number[];
  /** Largest TCP payload that this direction's sender is willing to receive (MSS option of its SYN, RFC 9293 3.7.1). */
  readonly mss?: number;
}

/** What the wire showed of one probe. */
export interface ProbeObservation {
  readonly probe: Probe;
  readonly sightings: readonly TapSighting[];
  /** ICMP errors (unreachable, too big, …) about the probe's packets: who sent them, where they were seen. */
  readonly icmpErrors: readonly { readonly tap: TapId; readonly from: string; readonly text: string }[];
}

/** A tap's trustworthiness, from its capture file. */
export interface TapHealth {
  readonly tap: TapId;
  /** Packets heard on it in all, of any kind. */
  readonly packets: number;
  /** Reasons for which its silence proves nothing. */
  readonly doubts: readonly string[];
}

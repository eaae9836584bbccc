import type { Arp } from "./arp.ts";
import type { Ethernet } from "./ethernet.ts";
import type { Icmp } from "./icmp.ts";
import type { Icmpv6 } from "./icmpv6.ts";
import type { Ipv4 } from "./ipv4.ts";
import type { Ipv6 } from "./ipv6.ts";
import type { Sll } from "./sll.ts";
import type { Sll2 } from "./sll2.ts";
import type { Tcp } from "./tcp.ts";
import type { Udp } from "./udp.ts";
import type { Vlan } from "./vlan.ts";
import type { Vxlan } from "./vxlan.ts";

/** Bytes that contradict their protocol; always the last layer. */
export interface Malformed {
  readonly kind: "malformed";
  readonly protocol: string;
  readonly reason: string;
}

/** A header that the capture's snapshot length, a fragment or a quoting router cut off; always the last layer. */
export interface Truncated {
  readonly kind: "truncated";
  readonly protocol: string;
  readonly reason: string;
}

export type IpLayer = Ipv4 | Ipv6;
export type TransportLayer = Udp | Tcp | Icmp | Icmpv6;
export type LinkLayer = Ethernet | Vlan | Sll | Sll2 | Arp;

/** One header of a packet, told apart by `kind`. Fields are read from the packet's bytes when asked for. */
export type Layer = LinkLayer | IpLayer | TransportLayer | Vxlan | Malformed | Truncated;

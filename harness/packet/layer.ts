import type { Icmp } from "./icmp.ts";
import type { Icmpv6 } from "./icmpv6.ts";
import type { Ipv4 } from "./ipv4.ts";
import type { Ipv6 } from "./ipv6.ts";
import type { Arp } from "./link/arp.ts";
import type { Ethernet } from "./link/ethernet.ts";
import type { Sll } from "./link/sll.ts";
import type { Sll2 } from "./link/sll2.ts";
import type { Vlan } from "./link/vlan.ts";
import type { Tcp } from "./tcp.ts";
import type { Tunnel } from "./tunnel/tunnel.ts";
import type { Vxlan } from "./tunnel/vxlan.ts";
import type { Udp } from "./udp.ts";

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

/** A header between link and IP that changes nothing for the reader of IP: an MPLS label stack, PPPoE, SNAP … */
interface Shim {
  readonly kind: "shim";
  /** Its usual name: "MPLS". */
  readonly name: string;
  /** What tells it apart: "label 16 ttl 63". */
  readonly detail: string;
}

/** The name of what a header announces and nobody decodes here: "LLDP (EtherType 0x88cc)". Always the last layer. */
interface Opaque {
  readonly kind: "opaque";
  readonly name: string;
}

/** Bytes at a tunnel's own port that are none of its packets. Always the last layer. */
interface Mismatch {
  readonly kind: "mismatch";
  /** The tunnel's usual name: "VXLAN". */
  readonly protocol: string;
  /** "flags 0x12" */
  readonly reason: string;
}

export type IpLayer = Ipv4 | Ipv6;
export type TransportLayer = Udp | Tcp | Icmp | Icmpv6;
type LinkLayer = Ethernet | Vlan | Sll | Sll2 | Arp | Shim;
type TunnelLayer = Vxlan | Tunnel;

/** One header of a packet, told apart by `kind`. Fields are read from the packet's bytes when asked for. */
export type Layer = LinkLayer | IpLayer | TransportLayer | TunnelLayer | Opaque | Mismatch | Malformed | Truncated;

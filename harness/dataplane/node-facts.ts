import type { Family } from "../topology/topology.ts";

/**
 * Kernel state of one node or router as read back: compared with the expectation, never used as oracle. What is not there was not
 * asked for, or could not be read and is named in `unreadable`; it is never to be taken for "none".
 */
export interface NodeFacts {
  readonly node: string;
  /** Of the main table. */
  readonly routes: readonly RouteFact[];
  readonly links: readonly LinkFact[];
  readonly fdb: readonly {
    readonly mac: string;
    readonly destination: string;
    readonly device: string;
    /** What it does otherwise than its device, as bridge(8) says it: "vni 77", "port 4790", "via eth1". */
    readonly otherwise?: string;
  }[];
  readonly neighbors: readonly {
    readonly address: string;
    readonly mac: string;
    readonly device: string;
    readonly state: string;
    /** Seconds since it was last asked for in vain; missing where it has a MAC, or nobody told. */
    readonly age?: number;
  }[];
  /** Seconds since the machine's start, at which all this was so; missing where nobody asked. */
  readonly uptime?: number;
  /** Rules in the order in which the kernel asks them, per family. */
  readonly rules?: readonly RuleFact[];
  /** Routes of all tables but main and local. */
  readonly otherTables?: readonly TableRoute[];
  /** Of table local, which is asked first: what the machine takes for its own, and what others than the kernel have put there. */
  readonly localTable?: readonly RouteFact[];
  /** Values below /proc/sys/net by name: "ipv4.conf.eth0.rp_filter". */
  readonly settings?: Readonly<Record<string, string>>;
  /** Counters of the kernel by name: "TcpExt.IPReversePathFilter", "conntrack.drop", "eth0.rx.errors", "eth0.queue.tbf.drops". */
  readonly counters?: Readonly<Record<string, number>>;
  /** Addresses whose packets the kernel's rules give another destination: ClusterIPs, and what else is translated. */
  readonly translated?: readonly string[];
  /** Where each of these leads, as far as one line of the rules says so. */
  readonly backends?: Readonly<Record<string, readonly string[]>>;
  /** And to which ports. */
  readonly backendPorts?: Readonly<Record<string, readonly number[]>>;
  /** Rules of nftables and iptables that drop or refuse packets, or hand them to a program. */
  readonly drops?: readonly DropFact[];
  /** Rules of others than Calico and kube-proxy that change packets, copy them or send them elsewhere. */
  readonly rewrites?: readonly FilterFact[];
  /** Classifiers of tc(8) that packets of a device pass through: each may drop them, or send them elsewhere. */
  readonly classifiers?: readonly ClassifierFact[];
  /** Devices of WireGuard and their peers, without keys; missing where the node has none, or no wg(8) to ask. */
  readonly wireguard?: readonly WireguardFact[];
  readonly unreadable?: readonly Unreadable[];
}

/** One filter of tc(8) on a device. */
export interface ClassifierFact {
  readonly device: string;
  readonly direction: "ingress" | "egress" | "root";
  /** "bpf xdrop", "u32", "flower", … */
  readonly words: string;
}

/** A device of WireGuard, as wg(8) tells it. */
export interface WireguardFact {
  readonly device: string;
  readonly port: number;
  /** What its own packets are marked with: "0x100000", "off". */
  readonly fwmark: string;
  readonly peers: readonly {
    /** Address without port. */
    readonly endpoint: string;
    /** With prefix: what it may be sent and may send (AllowedIPs). */
    readonly allowed: readonly string[];
    readonly hasShakenHands: boolean;
  }[];
}

/** A part of the facts that could not be read. */
export interface Unreadable {
  readonly what: "routes" | "rules" | "devices" | "neighbors" | "FDB" | "settings" | "counters" | "packet filters";
  /** What the command said. */
  readonly because: string;
}

/** One route as `ip -j route` tells it. */
export interface RouteFact {
  readonly family: Family;
  readonly destination: string;
  readonly via?: string;
  readonly device?: string;
  /** "unicast", "blackhole", … */
  readonly type: string;
  /** "80", "bird", "boot", "kernel", "static" */
  readonly protocol: string;
  readonly onlink: boolean;
  readonly source?: string;
  readonly mtu?: number;
  /** What else it does to packets, as ip-route(8) says it: "hoplimit 1", "advmss 500", "encap ip". */
  readonly more?: readonly string[];
  /** The kernel takes the lowest of several to one destination; missing = 0. */
  readonly metric?: number;
  /** Next hops that share the packets (ECMP), instead of `via` and `device`. */
  readonly hops?: readonly NextHop[];
}

export interface NextHop {
  readonly via?: string;
  readonly device?: string;
  readonly weight: number;
}

/** A route of another table than main. */
export interface TableRoute extends RouteFact {
  readonly table: string;
}

/** One rule as `ip -j rule` tells it: which table is asked for which packets. */
export interface RuleFact {
  readonly family: Family;
  readonly priority: number;
  /** "all", an address or a network. */
  readonly from: string;
  readonly to?: string;
  /** Device that packets come in by. */
  readonly iif?: string;
  readonly fwmark?: string;
  /** Everything but what the selectors say. */
  readonly not: boolean;
  /** Selectors beyond these, in words: "ipproto tcp". */
  readonly others: readonly string[];
  /** Name or number; missing where the rule does something else, as `action` tells. */
  readonly table?: string;
  /** Routes of the table with so short a prefix, or a shorter one, do not count (suppress_prefixlength). */
  readonly suppressed?: number;
  /** "blackhole", "unreachable", "prohibit", "goto", … */
  readonly action?: string;
}

/** One device as `ip -j -d addr` tells it. */
export interface LinkFact {
  readonly device: string;
  /** "vxlan", "ipip", "veth", …; empty where ip(8) was not asked for details. */
  readonly kind: string;
  readonly mtu: number;
  readonly up: boolean;
  readonly mac: string;
  /** With prefix. */
  readonly addresses: readonly string[];
  /** It asks and answers no ARP, nor neighbor discovery (`arp off`). */
  readonly noArp?: true;
  /** The bridge, bond or VRF that it is a part of. */
  readonly master?: string;
  /** Name of the XDP program that sees what comes in, or its number. */
  readonly xdp?: string;
  /** Nobody asked for its addresses: that there is none here says nothing. */
  readonly unaddressed?: true;
  readonly vxlan?: VxlanFact;
}

/** What a VXLAN device was made with; parts that an old ip(8) does not tell are missing. */
export interface VxlanFact {
  readonly vni: number;
  readonly port: number;
  readonly local: string;
  readonly learning: boolean;
  /** Device that the outer packets leave by; "none" = whichever a route leads them to. */
  readonly parent?: string;
  /** Whether outer UDP headers carry a checksum (over IPv4). */
  readonly udpChecksum?: boolean;
  /** 0 = the host's default. */
  readonly ttl?: number;
  /** "unset", "set" or "inherit". */
  readonly df?: string;
  /** TOS of outer headers: "0x1" = copied from the inner one (ip-link(8), "inherit"); missing = 0, or not told. */
  readonly tos?: string;
  /** Range of outer source ports; 0-0 = the host's ephemeral ones. */
  readonly sourcePorts?: readonly [number, number];
  /** What ip-link(8) calls options that are off unless somebody asks for them: "gbp", "proxy", "group 239.1.1.1". */
  readonly options?: readonly string[];
}

/** A rule, or a chain's policy, that ends packets. */
export type DropFact = FilterFact;

/** A rule of a packet filter, or a chain's policy. */
export interface FilterFact {
  /** "table ip docker chain FORWARD" */
  readonly where: string;
  /** Where base chains hook in: "forward", "prerouting", …; missing in chains that others jump to. */
  readonly hook?: string;
  /** "policy drop", or the rule without its counter. */
  readonly rule: string;
  /** Packets that it met; missing where it does not count. */
  readonly packets?: number;
  /** Sets that it asks and the first of what is in them: "@blocked: 198.18.1.11, 198.18.2.0/24, …". */
  readonly members?: string;
}

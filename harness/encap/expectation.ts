import type { LinkShape } from "../topology/link-shape.ts";
import type { Path } from "./path.ts";

/** Form of a packet on the wire. */
export const forms = ["plain", "ipip", "vxlan", "wireguard"] as const;
export type Form = (typeof forms)[number];

/** Form in which a packet was seen; "other" is a tunnel that no mode of Calico's makes: the packet's lines name it. */
export type ObservedForm = Form | "other";

/** A place where packets are seen: a device on a node or router. */
export interface TapId {
  readonly node: string;
  readonly device: string;
}

/** What a tap is on the way of a path, in the order of travel. */
export const hopRoles = [
  "source-pod",
  "source-uplink",
  "router-in",
  "router-out",
  "target-uplink",
  "target-pod",
] as const;
export type HopRole = (typeof hopRoles)[number];

/** One tap on the way of a path, and the form in which the path's packets must show there. */
export interface ExpectedHop {
  readonly tap: TapId;
  readonly role: HopRole;
  readonly form: Form;
}

/** Outer headers of encapsulated packets, exact. */
export interface ExpectedOuter {
  readonly source: string;
  readonly destination: string;
  readonly vxlan?: {
    readonly vni: number;
    readonly port: number;
    readonly innerSourceMac: string;
    readonly innerDestinationMac: string;
  };
  /** Both ends have this UDP port: Calico's devices listen and send on it. */
  readonly wireguard?: { readonly port: number };
}

/** Where and why packets must end when they are not delivered. */
export interface ExpectedDeath {
  /** Router or node that does not pass them on. */
  readonly node: string;
  /** "tor has no route to 198.19.0.128/26 (fabric: none)" */
  readonly because: string;
}

/** A link on the way that carries smaller packets than the sending node believes. */
interface Narrow {
  /** Bytes of IP packet. */
  readonly mtu: number;
  /** The router's port into it. */
  readonly from: TapId;
}

/** Ways of equal cost: each flow takes one of them, chosen by its addresses and ports. */
interface EqualWays {
  /** Where the way is chosen: the last tap before. */
  readonly from: TapId;
  /** Taps of each way in the order of travel, two for each router. */
  readonly ways: readonly (readonly TapId[])[];
}

/** What must happen to the packets of one direction. */
export interface ExpectedDirection {
  /** Taps in the order of travel, up to the last one that must still see the packet. */
  readonly hops: readonly ExpectedHop[];
  /** Form at the underlay taps; "none" where the direction never leaves the node. */
  readonly underlay: Form | "none";
  /** Present exactly where `underlay` is ipip, vxlan or wireguard. */
  readonly outer?: ExpectedOuter;
  /** Acceptable (inner) source addresses at the underlay taps. */
  readonly sources: readonly string[];
  /** (Inner) destination address at the underlay taps. */
  readonly destination: string;
  /** Routers are on the way that nobody can ask, and nobody knows how many. */
  readonly unseenRouters?: true;
  /** Between two of the hops, whose packets must all show there; missing = there is one way. */
  readonly equalWays?: EqualWays;
  /** Missing where the packets are delivered. */
  readonly dies?: ExpectedDeath;
  /** The narrowest link behind the first, where it carries less than the sending node's own. */
  readonly narrow?: Narrow;
  /** What the sending node's link does to the packets, where the topology says something; only where they leave the node. */
  readonly link?: LinkShape;
}

/** Everything that must be true of one path, computed from topology, mode and identities alone. */
export interface PathExpectation {
  readonly path: Path;
  /** Reason for which the path cannot be asked at all (IPIP for IPv6, for example). */
  readonly skip?: string;
  readonly forward: ExpectedDirection;
  /** Missing where the forward direction is dropped. */
  readonly reverse?: ExpectedDirection;
  /** Addresses that the server may see as its client. */
  readonly serverSees: readonly string[];
  /** The address the source sends to: pod, node or ClusterIP. */
  readonly dials: string;
  /** Bytes that the form adds to each packet of the forward direction: 0, 20, 50, 60 for WireGuard, and over IPv6 70 and 80. */
  readonly overhead: number;
  /** MTU of pods in this mode: smallest host MTU minus the mode's overhead, also on plain paths. */
  readonly podMtu: number;
  /** Largest packet that passes with DF set; missing = the pods' MTU. */
  readonly pathMtu?: number;
  /** MTUs of the links and devices on the way, in bytes of the path's own packets with and without outer headers: sizes that matter. */
  readonly mtus?: readonly number[];
  /** Taps at which a packet of that size shows in fragments, forward; missing = nowhere. */
  readonly fragments?: readonly TapId[];
  /** Taps at which nothing of this path may show: uplinks for same-node paths, uninvolved nodes otherwise. */
  readonly silent: readonly TapId[];
}

import type { LinkShape } from "./link-shape.ts";
import type { Family, Pass, PerFamily, Topology } from "./topology.ts";

/** A topology made concrete: every device, address, MAC and route of the underlay. Deterministic; holds no run id. */
export interface Plan {
  readonly topology: Topology;
  /** First 12 hex digits of the SHA-256 of the plan's canonical JSON. */
  readonly digest: string;
  /** Families this plan uses: those of the topology that were asked for. */
  readonly families: readonly Family[];
  readonly segments: readonly Segment[];
  readonly routers: readonly PlannedRouter[];
  readonly nodes: readonly PlannedNode[];
  /** Hosts outside of the cluster, without pods; missing = none. */
  readonly external?: readonly PlannedNode[];
  /** Addresses that the reference dataplane gives out; real Calico's IPAM chooses its own. */
  readonly allocation: Allocation;
}

/** A rack's wire: a bridge in a namespace (or network) of the lab's own. */
export interface Segment {
  readonly name: string;
  /** Bridge device, at most 15 characters. */
  readonly bridge: string;
  readonly mtu: number;
}

/** One network interface on a segment. */
export interface Port {
  /** Device name inside the node or router, for example `eth0`. */
  readonly device: string;
  readonly segment: string;
  /** Device name of the bridge's end, unique within the lab, at most 15 characters. */
  readonly bridgePort: string;
  readonly mac: string;
  /** Addresses with prefix. */
  readonly addresses: PerFamily<string>;
  /** With /32 or /128: the gateway's address, which this router holds and another stands by for; missing = there is none. */
  readonly holds?: PerFamily<string>;
  readonly mtu: number;
  /** What happens to packets that are sent here; missing = nothing. */
  readonly link?: LinkShape;
  /** The device is a VLAN of a card, on whose wire its frames carry the tag; missing = the device is the card. */
  readonly vlan?: Vlan;
  /** VLAN that the switch puts what this port sends into, and the only one that it hands to it, without tag; missing = untagged wire. */
  readonly access?: number;
}

/** A sub-interface of IEEE 802.1Q. */
export interface Vlan {
  readonly id: number;
  /** Device that it stands on, for example `eth0`. */
  readonly card: string;
}

/** The device whose wire a port is: its card where it is a VLAN of one. */
export function cardOf({ device, vlan }: Pick<Port, "device" | "vlan">): string {
  return vlan?.card ?? device;
}

/** A static route of the underlay. */
export interface Route {
  readonly family: Family;
  /** Network with prefix, or "default". */
  readonly destination: string;
  readonly via: string;
  readonly device: string;
  /** The next hop is on the wire although no network of the device holds it. */
  readonly onlink?: true;
  /** Further next hops that share the packets (ECMP); missing = it is the only one. */
  readonly also?: readonly NextHop[];
}

/** A next hop of several. */
export interface NextHop {
  readonly via: string;
  readonly device: string;
}

export interface PlannedRouter {
  readonly name: string;
  readonly ports: readonly Port[];
  readonly routes: readonly Route[];
  readonly proxyArp: boolean;
  /** All that it passes on; missing = everything. */
  readonly allow?: readonly Pass[];
  /** Nothing can be captured inside it: somebody else's, in an existing cluster. */
  readonly unseen?: true;
}

export interface PlannedNode {
  readonly name: string;
  readonly uplink: Port;
  /** Its devices in further subnets; missing = none. */
  readonly others?: readonly Port[];
  readonly routes: readonly Route[];
  /** With prefix: what other devices of a machine that exists have; missing on machines of our own. */
  readonly otherAddresses?: readonly string[];
  /** Names of its pods: `<node>-p1`, `<node>-p2`, … */
  readonly pods: readonly string[];
}

/** Addresses of blocks, pods, tunnels and services as Calico's IPAM would give them out in an empty cluster. */
export interface Allocation {
  readonly nodes: readonly NodeAllocation[];
  readonly pods: readonly PodAllocation[];
  readonly services: readonly ServiceAllocation[];
  /** Services with several backends; missing = none. */
  readonly shared?: readonly SharedAllocation[];
}

export interface NodeAllocation {
  readonly node: string;
  /** The node's block in each pool that it or its pods take from, by family. */
  readonly blocks: PerFamily<readonly string[]>;
  /** First addresses of blocks, used only in modes with a tunnel. */
  readonly tunnels: readonly TunnelAllocation[];
}

/** The address of a node's tunnel device. */
interface TunnelAllocation {
  readonly family: Family;
  /** Missing where one pool serves whatever tunnel the mode has. */
  readonly kind?: "IPIP" | "VXLAN" | "WireGuard";
  /** No prefix. */
  readonly address: string;
}

export interface PodAllocation {
  readonly pod: string;
  readonly node: string;
  /** No prefix. */
  readonly addresses: PerFamily<string>;
  /** `cali` + 11 hex digits of SHA-1 of "<namespace>.<pod>" (cni-plugin). */
  readonly hostDevice: string;
}

/** One Service per backend, so that a ClusterIP path has exactly one backend. */
export interface ServiceAllocation {
  /** Equal to the backend pod's name; `<node>-host` where the backend is a pod in the node's own network. */
  readonly service: string;
  /** A pod; a node, by its name, where the pod is in the node's own network. */
  readonly backend: string;
  readonly clusterIps: PerFamily<string>;
  readonly port: number;
  readonly targetPort: number;
  /** The same on every node's address, for hosts outside; missing where there are none. */
  readonly nodePorts?: NodePorts;
  /** Addresses at which hosts outside reach it by a load balancer; missing where there is none. */
  readonly balanced?: BalancedAddresses;
}

/** A Service with several backends. */
export interface SharedAllocation {
  readonly service: string;
  /** Names of pods. */
  readonly backends: readonly string[];
  readonly clusterIps: PerFamily<string>;
  readonly port: number;
  readonly targetPort: number;
}

/** Load balancer addresses of a Service, by its externalTrafficPolicy: with Cluster requests are masqueraded, with Local they are not. */
export interface BalancedAddresses {
  readonly masqueraded: PerFamily<string>;
  readonly local: PerFamily<string>;
}

/** Ports of a Service on nodes, by its externalTrafficPolicy: with Cluster requests are masqueraded, with Local they are not. */
export interface NodePorts {
  readonly masqueraded: number;
  readonly local: number;
}

import type { LinkShape } from "./link-shape.ts";

/** IP family of an address, a path or a packet. */
export type Family = 4 | 6;

/** One value per IP family; a missing key means that the family is not used. */
export type PerFamily<T> = Readonly<Partial<Record<Family, T>>>;

/** Whether the routers know the pods' blocks: not at all, by static routes, or by BGP with each node. */
export const fabrics = ["none", "static", "bgp"] as const;
export type Fabric = (typeof fabrics)[number];

/** Programs of Calico that can make the routes to other nodes' pods in pools without VXLAN, whose routes are always Felix's. */
export const routeOwners = ["felix", "bird"] as const;
export type RouteOwner = (typeof routeOwners)[number];

/** A rack: one layer-2 segment with one subnet per family. */
export interface Subnet {
  readonly name: string;
  /** Network addresses with prefix, for example `198.18.1.0/24`. */
  readonly cidrs: PerFamily<string>;
  /** Bytes of IP packet that the segment carries. */
  readonly mtu: number;
  /** Autonomous system of its nodes and of its routers; missing = that of the whole lab. */
  readonly as?: number;
  /** VLAN whose tag nodes' frames carry on its wire; missing = they are untagged. */
  readonly vlan?: number;
}

/** What a firewall between racks may let pass, by protocol and port: VXLAN (RFC 7348), IPIP (RFC 2003), BGP (RFC 4271), WireGuard. */
export const passes = ["udp/4789", "ip/4", "tcp/179", "udp/51820"] as const;
export type Pass = (typeof passes)[number];

/** A router with one port in each of its subnets; takes the first host address of each. */
export interface Router {
  readonly name: string;
  readonly subnets: readonly string[];
  /** Answers ARP/ND for addresses of its other subnets: needed where nodes have prefixes wider than their segment. */
  readonly proxyArp: boolean;
  /** All that it passes on between its subnets; missing = everything. */
  readonly allow?: readonly Pass[];
  /** It stands by for that router, which holds an address of both as the gateway (VRRP, RFC 9568); missing = for none. */
  readonly standbyFor?: string;
}

export interface TopologyNode {
  readonly name: string;
  readonly subnet: string;
  /** Interface addresses with prefix, for example `198.18.1.11/24`. */
  readonly addresses: PerFamily<string>;
  /** Address with the prefix that Calico registers for the node; equal to `addresses` unless the file says otherwise. */
  readonly registered: PerFamily<string>;
  /** Router that its default route leads to; missing = the first of its subnet. */
  readonly gateway?: string;
  /** Its devices beside the uplink, eth1 and up in this order: management, storage, a second fabric; missing = none. */
  readonly networks?: readonly NodeNetwork[];
  /** VLAN of its uplink, that of its subnet; missing = untagged. */
  readonly vlan?: number;
  /** False: takes no part in WireGuard, so that others reach its pods as the pool's mode says. Missing = as the topology says. */
  readonly wireguard?: boolean;
  /** How many pods the node carries. */
  readonly pods: number;
  /** It also carries a pod in its own network, behind a Service, as Kubernetes' API server is. */
  readonly hostNetworkPod?: true;
  /** What the node's link does to what the node sends; missing = nothing. */
  readonly link?: LinkShape;
}

/** A subnet that a node has a device in without standing there: packets of pods have no business in it. */
export interface NodeNetwork {
  readonly subnet: string;
  /** Interface addresses with the subnet's prefix. */
  readonly addresses: PerFamily<string>;
  /** VLAN of the device, that of the subnet; missing = untagged. */
  readonly vlan?: number;
}

/** What a host outside of the cluster is to pods and services. */
export const externalRoles = ["client", "server"] as const;
type ExternalRole = (typeof externalRoles)[number];

/** A host outside of the cluster: pods go to it, and it goes to services. */
export interface ExternalHost {
  readonly name: string;
  readonly subnet: string;
  /** Interface addresses with the subnet's prefix. */
  readonly addresses: PerFamily<string>;
  /** A client only asks, a server is only asked; missing = both. */
  readonly role?: ExternalRole;
}

/** A Calico IP pool. */
export interface Pool {
  readonly family: Family;
  readonly cidr: string;
  /** Prefix length of the blocks that nodes take from the pool: 26 and 122 by default, as in Calico. */
  readonly blockSize: number;
  /** When its packets are encapsulated, where that is not as the run's mode says; nothing in a mode without encapsulation. */
  readonly policy?: PoolPolicy;
  /** Whether what leaves all pools for elsewhere takes the node's address; missing = it does. */
  readonly natOutgoing?: boolean;
  /** The nodes that take addresses from it, by their own names or by their racks'; missing = those that no other pool of the family names. */
  readonly takers?: readonly string[];
  /** Its mode, whatever other pools say; a run then puts each pool into its own. Missing = the run's mode. */
  readonly encapsulation?: PoolEncapsulation;
  /** Pods that take their address from it by name, on whatever node. */
  readonly pods?: readonly string[];
  /** Nobody takes addresses from it; it still tells Calico which addresses are inside. */
  readonly disabled?: true;
  /** Nodes for which it has no block left take addresses from others' blocks, as Calico lets them; missing = each node needs a block. */
  readonly borrowing?: true;
  /** What addresses may be taken from it for; missing = pods and tunnels. */
  readonly allowedUses?: readonly PoolUse[];
}

/** Calico's words for a pool's mode (Installation.spec.calicoNetwork.ipPools[].encapsulation). */
export const poolEncapsulations = ["None", "IPIP", "IPIPCrossSubnet", "VXLAN", "VXLANCrossSubnet"] as const;
type PoolEncapsulation = (typeof poolEncapsulations)[number];

/** What addresses of a pool may be for (IPPool.spec.allowedUses). */
export const poolUses = ["Workload", "Tunnel", "LoadBalancer"] as const;
export type PoolUse = (typeof poolUses)[number];

/** What a pool may say for itself: one that is never encapsulated would leave its nodes without tunnel address. */
export const poolPolicies = ["Always", "CrossSubnet"] as const;
export type PoolPolicy = (typeof poolPolicies)[number];

/** Ways in which a node's route to another node's pods can differ from what the mode makes it. */
export const wrongRoutes = ["missing", "tunnel", "plain"] as const;

/** A route that is put wrong once the lab has converged: what a real cluster was found with. */
export interface WrongRoute {
  readonly node: string;
  /** Whose block of pod addresses it leads to. */
  readonly to: string;
  readonly route: (typeof wrongRoutes)[number];
}

/** A Service with several backends, which share its connections equally. */
export interface SharedService {
  readonly name: string;
  /** The nodes that its backends are on: a node that is named twice has two of them, its first two pods. */
  readonly backends: readonly string[];
}

/** A validated topology file: what the user wrote, defaults filled in, nothing derived. */
export interface Topology {
  readonly name: string;
  readonly description: string;
  /** Path of the file it came from, for messages. */
  readonly source: string;
  /** Read from nodes that exist: what they lack cannot be chosen otherwise. */
  readonly asFound?: true;
  readonly families: readonly Family[];
  readonly fabric: Fabric;
  /** How Calico finds each node's address, in the words of IP_AUTODETECTION_METHOD; missing = it is told them. */
  readonly autodetection?: PerFamily<string>;
  /** Nodes that reflect BGP routes; every other node then peers with them alone. Missing = every node with every other. */
  readonly reflectors?: readonly string[];
  /** Who makes the routes to other nodes' pods where no VXLAN is; missing = whoever does so by default, and either is right. */
  readonly routeOwner?: RouteOwner;
  /** VXLAN network identifier; missing = Calico's default. */
  readonly vni?: number;
  /** Bytes that every tunnel device carries, and pods behind it; missing = what the wires leave. */
  readonly tunnelMtu?: number;
  readonly subnets: readonly Subnet[];
  readonly routers: readonly Router[];
  /** Routers share packets among all next routers that are equally near, by addresses and ports; missing = the first of them gets all. */
  readonly ecmp?: true;
  readonly nodes: readonly TopologyNode[];
  /** Hosts that are no nodes; missing = nobody is outside. */
  readonly external?: readonly ExternalHost[];
  readonly pools: readonly Pool[];
  /** Packets between pods of different nodes are to be encrypted (FelixConfiguration wireguardEnabled, ...V6); missing = they are not. */
  readonly wireguard?: true;
  /** Networks that ClusterIPs come from. */
  readonly services: PerFamily<string>;
  /** Networks of the addresses at which hosts outside reach Services by a load balancer; missing = there is none. */
  readonly loadBalancers?: PerFamily<string>;
  /** Services with several backends; missing = each has one. */
  readonly sharedServices?: readonly SharedService[];
  /** Done to the lab after it has converged, so that a run shows it on the wire; missing = nothing. */
  readonly incident?: readonly WrongRoute[];
}

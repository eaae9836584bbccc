import type { Family, PerFamily } from "../../topology/topology.ts";

/** Everything that the reference dataplane puts into one node's kernel, as data: rendered to a script, compared with facts. */
export interface NodeProgram {
  readonly node: string;
  readonly uplink: string;
  readonly families: readonly Family[];
  readonly tunnels: readonly TunnelProgram[];
  /** Routes to other nodes' blocks, and the blackhole for the node's own. */
  readonly routes: readonly RouteProgram[];
  readonly pods: readonly PodProgram[];
  readonly nat: readonly NatProgram[];
  /** WireGuard by family; [] where the node encrypts nothing. */
  readonly encryption: readonly EncryptionProgram[];
}

/** One family's WireGuard device and what leads into it. Keys are made on the node and are no part of this. */
export interface EncryptionProgram {
  readonly family: Family;
  readonly device: string;
  readonly mtu: number;
  /** /32 or /128, without prefix. */
  readonly address: string;
  readonly port: number;
  /** Number of the routing table that leads into it. */
  readonly table: number;
  readonly peers: readonly {
    readonly node: string;
    readonly endpoint: string;
    /** With prefix: what is encrypted for it. */
    readonly allowed: readonly string[];
  }[];
  /** With prefix: what goes on to the main table, of the node itself and of nodes without WireGuard. */
  readonly thrown: readonly string[];
}

/** One tunnel device with its peers. */
export interface TunnelProgram {
  readonly kind: "vxlan" | "ipip";
  readonly family: Family;
  readonly device: string;
  readonly mtu: number;
  /** VXLAN network identifier; 0 for IPIP. */
  readonly vni: number;
  /** /32 or /128, without prefix. */
  readonly address: string;
  /** Underlay address and device that the tunnel is bound to; tunl0 is bound to none. */
  readonly local: string;
  readonly underlay: string;
  /** MAC of the VTEP; empty for IPIP. */
  readonly mac: string;
  /** Every other node, whether the mode sends to it through the tunnel or not, as Felix does; none for IPIP. */
  readonly peers: readonly TunnelPeer[];
}

interface TunnelPeer {
  readonly mac: string;
  readonly host: string;
  readonly tunnelAddress: string;
}

/** One route of the main table. */
export interface RouteProgram {
  readonly family: Family;
  readonly destination: string;
  readonly type: "unicast" | "blackhole";
  readonly via?: string;
  readonly device?: string;
  /** Names as ip(8) prints them: Felix's 80, BIRD's 12, or 3 for what Felix makes on its own devices. */
  readonly protocol: "80" | "bird" | "boot";
  readonly onlink: boolean;
  readonly mtu?: number;
}

/** One pod: a namespace, a veth, an address and the node's route to it. */
export interface PodProgram {
  readonly pod: string;
  readonly namespace: string;
  readonly hostDevice: string;
  readonly addresses: PerFamily<string>;
  readonly mtu: number;
}

/** One family's NAT: services to backends, pods to the outside, the host into tunnels. */
export interface NatProgram {
  readonly family: Family;
  /** All pools: what stays among them keeps its addresses. */
  readonly pools: readonly string[];
  /** Pools with natOutgoing: what leaves them for elsewhere is masqueraded. */
  readonly masqueraded: readonly string[];
  readonly services: readonly NatService[];
  /** Services with several backends; missing = none. */
  readonly shared?: readonly NatShared[];
  /** Services on the node's own addresses, for hosts outside; missing = none. */
  readonly nodePorts?: readonly NatNodePort[];
  /** Ports of Services with externalTrafficPolicy Local that have no backend on the node: requests to them are dropped; missing = none. */
  readonly dropped?: readonly number[];
  /** Services at addresses of a load balancer, for hosts outside; missing = none. */
  readonly balanced?: readonly NatBalanced[];
  /** Addresses of load balancers with externalTrafficPolicy Local whose backend is elsewhere: requests to them are dropped; missing = none. */
  readonly droppedBalanced?: readonly string[];
  /** This node's own pods: a pod that reaches itself through its own service must be masqueraded. */
  readonly localPods: readonly string[];
  /** Empty where the mode has no tunnel in this family. */
  readonly tunnels: readonly {
    readonly kind: "vxlan" | "ipip" | "wireguard";
    readonly device: string;
    readonly address: string;
  }[];
}

/** A Service at an address of a load balancer. */
export interface NatBalanced {
  readonly address: string;
  readonly port: number;
  readonly backend: string;
  readonly targetPort: number;
  /** externalTrafficPolicy Cluster: the node gives the request an address of its own, wherever the backend is. */
  readonly masqueraded: boolean;
}

/** A Service on a port of the node. */
export interface NatNodePort {
  readonly port: number;
  readonly backend: string;
  readonly targetPort: number;
  /** externalTrafficPolicy Cluster: the node gives the request an address of its own, wherever the backend is. */
  readonly masqueraded: boolean;
}

/** A Service whose connections go to one of several backends, each with the same chance. */
export interface NatShared {
  readonly clusterIp: string;
  readonly port: number;
  readonly backends: readonly string[];
  readonly targetPort: number;
}

interface NatService {
  readonly clusterIp: string;
  readonly port: number;
  readonly backend: string;
  readonly targetPort: number;
}

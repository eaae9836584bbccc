import type { BalancedAddresses, NodePorts } from "../topology/plan.ts";
import type { PerFamily, PoolPolicy } from "../topology/topology.ts";
import type { PoolMode } from "./mode.ts";

/** Who has which address: the one thing that the oracle takes from a network (real Calico's IPAM chooses addresses). */
export interface Identities {
  readonly nodes: readonly NodeIdentity[];
  readonly pods: readonly PodIdentity[];
  readonly services: readonly ServiceIdentity[];
  /** Services with several backends; missing = none. */
  readonly shared?: readonly SharedIdentity[];
  /** Hosts outside of the cluster; missing = none. */
  readonly external?: readonly NodeIdentity[];
  /** The nodes carry pods of others too, whose routes are no business of the lab. */
  readonly strangers?: true;
}

export interface NodeIdentity {
  readonly name: string;
  /** It is outside of the cluster: no Calico runs there, and nothing leads into a tunnel. */
  readonly external?: true;
  /** Name by which Calico knows it, where that is not the plan's: its VTEPs' MACs come from this one. */
  readonly hostName?: string;
  /** Underlay addresses without prefix. */
  readonly addresses: PerFamily<string>;
  /** Addresses with the prefix the topology intends to be registered; the same-subnet decision is made on these. */
  readonly registered: PerFamily<string>;
  /** Has a WireGuard key that the others know: between two such nodes packets to pods and tunnel addresses are encrypted. */
  readonly encrypts?: true;
  /** Device toward the other nodes. */
  readonly uplink: string;
  /** All pools of the lab, where some say something for themselves: which one an address is of decides. */
  readonly pools?: readonly PoolIdentity[];
  /** Blocks of pod addresses that the node owns. */
  readonly blocks: PerFamily<readonly string[]>;
  /** Its blocks of pools in other modes, where these identities are those of one mode of several. */
  readonly otherBlocks?: PerFamily<readonly string[]>;
  /** /32 or /128 addresses of the tunnel devices, without prefix; none where the mode has no tunnel. */
  readonly tunnelAddresses: TunnelAddresses;
  /** Further addresses of the host, without prefix: on a node with several legs, those of the others. */
  readonly otherAddresses?: PerFamily<readonly string[]>;
}

/** Names of the WireGuard devices, which are beside those of the mode (felix/config/config_params.go WireguardInterfaceName). */
export const wireguardDevices = ["wireguard.cali", "wg-v6.cali"] as const;
export type WireguardDevice = (typeof wireguardDevices)[number];

/** Names of the tunnel devices (felix/dataplane/linux/dataplanedefs). */
export const tunnelDevices = ["tunl0", "vxlan.calico", "vxlan-v6.calico", ...wireguardDevices] as const;
export type TunnelDevice = (typeof tunnelDevices)[number];

/** By device. */
export type TunnelAddresses = Readonly<Partial<Record<TunnelDevice, string>>>;

/** What a pool says for itself. */
export interface PoolIdentity {
  readonly cidr: string;
  /** How packets to its addresses are carried, where each pool has a mode of its own. */
  readonly mode?: PoolMode;
  /** When they are encapsulated, where that is not as the run's mode says. */
  readonly policy?: PoolPolicy;
  /** Pods' addresses stay as they are on the way to what no pool has (natOutgoing: false). */
  readonly keepsSource?: true;
}

export interface PodIdentity {
  readonly name: string;
  readonly node: string;
  readonly addresses: PerFamily<string>;
  /** The pod's veth end on the node (`cali…`). */
  readonly hostDevice: string;
}

/** A Service with several backends. */
export interface SharedIdentity extends Pick<ServiceIdentity, "name" | "clusterIps" | "port" | "targetPort"> {
  /** Names of pods. */
  readonly backends: readonly string[];
}

export interface ServiceIdentity {
  readonly name: string;
  readonly backend: string;
  readonly clusterIps: PerFamily<string>;
  readonly port: number;
  readonly targetPort: number;
  /** Missing where nobody outside asks for it. */
  readonly nodePorts?: NodePorts;
  /** Missing where there is no load balancer. */
  readonly balanced?: BalancedAddresses;
}

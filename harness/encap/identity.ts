import type { Family, PerFamily, PoolPolicy } from "../topology/topology.ts";

/** Who has which address: the one thing that the oracle takes from a network (real Calico's IPAM chooses addresses). */
export interface Identities {
  readonly nodes: readonly NodeIdentity[];
  readonly pods: readonly PodIdentity[];
  readonly services: readonly ServiceIdentity[];
  /** The nodes carry pods of others too, whose routes are no business of the lab. */
  readonly strangers?: true;
}

export interface NodeIdentity {
  readonly name: string;
  /** Name by which Calico knows it, where that is not the plan's: its VTEPs' MACs come from this one. */
  readonly hostName?: string;
  /** Underlay addresses without prefix. */
  readonly addresses: PerFamily<string>;
  /** Addresses with the prefix the topology intends to be registered; the same-subnet decision is made on these. */
  readonly registered: PerFamily<string>;
  /** Device toward the other nodes. */
  readonly uplink: string;
  /** When packets to its blocks are encapsulated, where its pool says otherwise than the mode. */
  readonly policies?: PerFamily<PoolPolicy>;
  /** Families whose pool leaves pods' addresses as they are on the way to what no pool has (natOutgoing: false). */
  readonly keepsSource?: readonly Family[];
  /** Blocks of pod addresses that the node owns. */
  readonly blocks: PerFamily<readonly string[]>;
  /** /32 or /128 address of the tunnel device, without prefix; missing where the mode has no tunnel. */
  readonly tunnelAddresses: PerFamily<string>;
  /** Further addresses of the host, without prefix: on a node with several legs, those of the others. */
  readonly otherAddresses?: PerFamily<readonly string[]>;
}

export interface PodIdentity {
  readonly name: string;
  readonly node: string;
  readonly addresses: PerFamily<string>;
  /** The pod's veth end on the node (`cali…`). */
  readonly hostDevice: string;
}

interface ServiceIdentity {
  readonly name: string;
  readonly backend: string;
  readonly clusterIps: PerFamily<string>;
  readonly port: number;
  readonly targetPort: number;
}

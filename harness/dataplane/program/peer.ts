import type { Mode } from "../../encap/mode.ts";
import type { NodeIdentity, TunnelAddresses } from "../../encap/identity.ts";
import { plannedTunnels } from "../../encap/planned-identities.ts";
import { poolIdentities } from "../../encap/pool-mode.ts";
import type { Plan, PlannedNode } from "../../topology/plan.ts";
import { withoutPrefix } from "../../topology/address.ts";
import type { Family } from "../../topology/topology.ts";

/** One node as the others see it, in one family. */
export interface Peer {
  readonly node: string;
  readonly planned: PlannedNode;
  /** Underlay address without prefix. */
  readonly address: string;
  /** The address with the prefix that Calico registers. */
  readonly registered: string;
  /** In the order of pools. */
  readonly blocks: readonly string[];
  readonly tunnels: TunnelAddresses;
  /** What pools say for themselves. */
  readonly pools: Pick<NodeIdentity, "pools">;
}

/** All nodes that have an address and a block in the family, in the plan's order. */
export function peersOf(plan: Plan, mode: Mode, family: Family): readonly Peer[] {
  const pools = poolIdentities(plan);
  return plan.nodes.flatMap((planned) => {
    const uplink = planned.uplink.addresses[family];
    const allocation = plan.allocation.nodes.find((entry) => entry.node === planned.name);
    const blocks = allocation?.blocks[family];
    if (uplink === undefined || allocation === undefined || blocks === undefined) return [];
    const registered = plan.topology.nodes.find((node) => node.name === planned.name)?.registered[family] ?? uplink;
    return {
      node: planned.name,
      planned,
      address: withoutPrefix(uplink),
      registered,
      blocks,
      tunnels: plannedTunnels(plan, mode, allocation),
      pools,
    };
  });
}

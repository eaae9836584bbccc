import type { Mode } from "../../encap/mode.ts";
import type { NodeIdentity, TunnelAddresses } from "../../encap/identity.ts";
import { plannedTunnels } from "../../encap/planned-identities.ts";
import { poolIdentities } from "../../encap/pool-mode.ts";
import type { Plan, PlannedNode } from "../../topology/plan.ts";
import { contains, withoutPrefix } from "../../topology/address.ts";
import { detectAddress } from "../../topology/autodetection.ts";
import type { Family } from "../../topology/topology.ts";

/** One node as the others see it, in one family. */
export interface Peer {
  readonly node: string;
  readonly planned: PlannedNode;
  /** Underlay address that Calico knows it by, without prefix, and the device that has it. */
  readonly address: string;
  readonly device: string;
  /** The address with the prefix that Calico registers. */
  readonly registered: string;
  /** In the order of pools. */
  readonly blocks: readonly string[];
  /** Addresses of its pods that are in blocks of others. */
  readonly borrowed: readonly string[];
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
    if (uplink === undefined || allocation === undefined) return [];
    const blocks = allocation.blocks[family] ?? [];
    const pods = plan.allocation.pods.flatMap((pod) =>
      pod.node === planned.name ? (pod.addresses[family] ?? []) : [],
    );
    if (blocks.length === 0 && pods.length === 0) return [];
    const registered = registeredOf(plan, planned, family) ?? { address: uplink, device: planned.uplink.device };
    return {
      node: planned.name,
      planned,
      address: withoutPrefix(registered.address),
      device: registered.device,
      registered: registered.address,
      blocks,
      borrowed: pods.filter((address) => !blocks.some((block) => contains(block, address))),
      tunnels: plannedTunnels(plan, mode, allocation),
      pools,
    };
  });
}

/** As the topology says, or as Calico's start-up would find it. */
function registeredOf(
  { topology }: Plan,
  { name, uplink }: PlannedNode,
  family: Family,
): { readonly address: string; readonly device: string } | undefined {
  const node = topology.nodes.find((candidate) => candidate.name === name);
  const method = topology.autodetection?.[family];
  if (node === undefined) return undefined;
  if (method !== undefined) return detectAddress(method, node, family);
  const address = node.registered[family];
  return address === undefined ? undefined : { address, device: uplink.device };
}

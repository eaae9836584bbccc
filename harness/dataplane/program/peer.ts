import type { Mode } from "../../encap/mode.ts";
import { poolWordsOf } from "../../encap/pool-policy.ts";
import { tunnelDevice } from "../../encap/tunnel.ts";
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
  readonly block: string;
  readonly tunnelAddress: string;
  /** Empty where the mode has no tunnel in this family. */
  readonly tunnelDevice: string;
  /** What its pools say for themselves. */
  readonly words: ReturnType<typeof poolWordsOf>;
}

/** All nodes that have an address and a block in the family, in the plan's order. */
export function peersOf(plan: Plan, mode: Mode, family: Family): readonly Peer[] {
  return plan.nodes.flatMap((planned) => {
    const uplink = planned.uplink.addresses[family];
    const allocation = plan.allocation.nodes.find((entry) => entry.node === planned.name);
    const block = allocation?.blocks[family];
    if (uplink === undefined || block === undefined) return [];
    const registered = plan.topology.nodes.find((node) => node.name === planned.name)?.registered[family] ?? uplink;
    return {
      node: planned.name,
      planned,
      address: withoutPrefix(uplink),
      registered,
      block,
      tunnelAddress: allocation?.tunnelAddresses[family] ?? "",
      tunnelDevice: tunnelDevice(mode, family) ?? "",
      words: poolWordsOf(plan, planned.name),
    };
  });
}

import { LabError } from "../core/errors.ts";
import { Scope } from "../core/scope.ts";
import type { Network } from "../dataplane/dataplane.ts";
import type { Plan, Vlan } from "../topology/plan.ts";
import { culprit } from "./cast.ts";
import { changeNode } from "./change-node.ts";

/** Why a fault of VLANs means nothing in a plan. */
export function withoutVlan(plan: Plan): string | undefined {
  const has = plan.nodes.some(({ uplink }) => uplink.vlan !== undefined);
  return has ? undefined : "no node's uplink is a VLAN (vlan): see topology vlan-uplinks";
}

/** Lets the culprit's card do something with the tag of all that it sends, as a switch port or a virtual one that is set wrong would. */
export async function changeTag(
  network: Network,
  plan: Plan,
  action: (vlan: Vlan) => string,
  scope = new Scope(),
): Promise<{ readonly did: readonly string[] }> {
  const from = culprit(network);
  const vlan = plan.nodes.find(({ name }) => name === from.name)?.uplink.vlan;
  if (vlan === undefined) throw new LabError(`the uplink of ${from.name} is no VLAN`);
  const commands = [
    `tc qdisc add dev ${vlan.card} clsact`,
    `tc filter add dev ${vlan.card} egress matchall action vlan ${action(vlan)}`,
  ];
  return { did: [await changeNode(from, commands, [`tc qdisc del dev ${vlan.card} clsact`], scope)] };
}

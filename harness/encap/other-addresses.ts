import { familyOf, withoutPrefix } from "../topology/address.ts";
import { perFamily } from "../topology/fill-topology.ts";
import type { Plan, PlannedNode } from "../topology/plan.ts";
import type { NodeIdentity } from "./identity.ts";

/** Addresses of a node's devices beside its uplink: planned ones, and those that a machine was found with. */
export function otherAddressesOf(
  plan: Pick<Plan, "families">,
  { others = [], otherAddresses = [] }: PlannedNode,
): Pick<NodeIdentity, "otherAddresses"> {
  const planned = others.flatMap(({ addresses }) => Object.values(addresses));
  const all = [...planned, ...otherAddresses];
  if (all.length === 0) return {};
  const of = (family: 4 | 6): readonly string[] => all.filter((one) => familyOf(one) === family).map(withoutPrefix);
  return { otherAddresses: perFamily(plan.families, of) };
}

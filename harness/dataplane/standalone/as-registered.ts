import type { Identities, NodeIdentity } from "../../encap/identity.ts";
import { familyOf, withoutPrefix } from "../../topology/address.ts";
import { perFamily } from "../../topology/fill-topology.ts";
import type { Plan } from "../../topology/plan.ts";
import { isSameAddress } from "../../topology/same-address.ts";
import type { DataplaneFacts } from "../dataplane.ts";

/**
 * Nodes as Calico's autodetection registered them, where that is by another device of theirs: what Felix programs, and so what
 * convergence waits for. Verdicts go by what the topology intends.
 */
export function asRegistered(
  plan: Plan,
  identities: Identities,
  registered: NonNullable<DataplaneFacts["registered"]>,
): Identities {
  return { ...identities, nodes: identities.nodes.map((node) => moved(plan, node, registered)) };
}

function moved(plan: Plan, node: NodeIdentity, registered: NonNullable<DataplaneFacts["registered"]>): NodeIdentity {
  const others = plan.nodes.find(({ name }) => name === node.name)?.others ?? [];
  const seen = registered.find((entry) => entry.node === node.name)?.addresses ?? [];
  const elsewhere = perFamily(plan.families, (family) => seen.find((address) => familyOf(address) === family));
  const port = others.find(({ addresses }) =>
    plan.families.some((family) => isSame(addresses[family], elsewhere[family])),
  );
  if (port === undefined) return node;
  const addresses = perFamily(plan.families, (family) => elsewhere[family] ?? node.addresses[family]);
  return {
    ...node,
    addresses: perFamily(plan.families, (family) => addresses[family] && withoutPrefix(addresses[family])),
    registered: perFamily(plan.families, (family) => elsewhere[family] ?? node.registered[family]),
    uplink: port.device,
  };
}

function isSame(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && isSameAddress(withoutPrefix(a), withoutPrefix(b));
}

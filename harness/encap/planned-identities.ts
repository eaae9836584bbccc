import { withoutPrefix } from "../topology/address.ts";
import { perFamily } from "../topology/fill-topology.ts";
import type { Plan, PlannedNode } from "../topology/plan.ts";
import type { Identities, NodeIdentity } from "./identity.ts";
import type { Mode } from "./mode.ts";
import { poolWordsOf } from "./pool-policy.ts";
import { tunnelDevice } from "./tunnel.ts";

/** Who will have which address if the plan's own allocation is used: for `list` and for the reference dataplane. */
export function identitiesFromAllocation(plan: Plan, mode: Mode): Identities {
  return {
    nodes: plan.nodes.map((node) => nodeIdentity(plan, mode, node)),
    pods: plan.allocation.pods.map(({ pod, node, addresses, hostDevice }) => ({
      name: pod,
      node,
      addresses,
      hostDevice,
    })),
    services: plan.allocation.services.map(({ service, ...rest }) => ({ name: service, ...rest })),
  };
}

function nodeIdentity(plan: Plan, mode: Mode, node: PlannedNode): NodeIdentity {
  const allocated = plan.allocation.nodes.find((candidate) => candidate.node === node.name);
  const registered = plan.topology.nodes.find((candidate) => candidate.name === node.name)?.registered ?? {};
  return {
    name: node.name,
    addresses: perFamily(plan.families, (family) => {
      const address = node.uplink.addresses[family];
      return address && withoutPrefix(address);
    }),
    registered: perFamily(plan.families, (family) => registered[family]),
    uplink: node.uplink.device,
    ...poolWordsOf(plan, node.name),
    blocks: perFamily(plan.families, (family) => {
      const block = allocated?.blocks[family];
      return block === undefined ? [] : [block];
    }),
    tunnelAddresses: perFamily(plan.families, (family) =>
      tunnelDevice(mode, family) === undefined ? undefined : allocated?.tunnelAddresses[family],
    ),
  };
}

import { withoutPrefix } from "../topology/address.ts";
import { perFamily } from "../topology/fill-topology.ts";
import type { NodeAllocation, Plan, PlannedNode } from "../topology/plan.ts";
import { externalIdentities } from "./external-identities.ts";
import type { Identities, NodeIdentity, TunnelAddresses } from "./identity.ts";
import type { Mode } from "./mode.ts";
import { otherAddressesOf } from "./other-addresses.ts";
import { poolIdentities } from "./pool-mode.ts";
import { sharedIdentities } from "./shared-identities.ts";
import { tunnelModes } from "./tunnel.ts";
import { wireguardDevice } from "./wireguard.ts";
import { encrypts } from "../topology/allocate.ts";

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
    services: plan.allocation.services.map(({ service: name, ...rest }) => ({ name, ...rest })),
    ...sharedIdentities(plan),
    ...externalIdentities(plan),
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
    ...(encrypts(plan.topology, node.name) ? { encrypts: true as const } : {}),
    uplink: node.uplink.device,
    ...poolIdentities(plan),
    ...otherAddressesOf(plan, node),
    blocks: perFamily(plan.families, (family) => allocated?.blocks[family] ?? []),
    tunnelAddresses: allocated === undefined ? {} : plannedTunnels(plan, mode, allocated),
  };
}

/** The tunnel addresses that a node is given in a mode. */
export function plannedTunnels(plan: Plan, mode: Mode, { tunnels }: NodeAllocation): TunnelAddresses {
  const pairs = plan.families.flatMap((family) =>
    tunnelModes(plan, mode, family).flatMap(([device, { encapsulation }]) => {
      const found = tunnels.find(
        (tunnel) =>
          tunnel.family === family && (tunnel.kind === undefined || tunnel.kind.toLowerCase() === encapsulation),
      );
      return found === undefined ? [] : [[device, found.address] as const];
    }),
  );
  const encrypted = tunnels.flatMap(({ kind, family, address }) =>
    kind === "WireGuard" && plan.families.includes(family) ? [[wireguardDevice(family), address] as const] : [],
  );
  return Object.fromEntries([...pairs, ...encrypted]);
}

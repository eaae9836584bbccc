import type { Identities } from "../encap/identity.ts";
import { withoutPrefix } from "../topology/address.ts";
import { destinationOf, type Destination } from "../topology/destination.ts";
import type { Plan } from "../topology/plan.ts";
import type { PerFamily } from "../topology/topology.ts";

/** Who has an address by the plan. */
export interface Owner {
  readonly node: string;
  /** It is in the pod's own network: its node has no more right to it than another. */
  readonly isPod?: true;
  /** "b1's address", "the tunnel address of b1" */
  readonly what: string;
}

/** By address, who has it by the plan. */
export function ownersOf({ routers }: Plan, { nodes, pods }: Identities): ReadonlyMap<Destination, Owner> {
  const owners = new Map<Destination, Owner>();
  const put = (
    addresses: Readonly<Record<string, string>>,
    node: string,
    what: string,
    more: Partial<Owner> = {},
  ): void => {
    for (const address of Object.values(addresses)) owners.set(destinationOf(address), { node, what, ...more });
  };
  for (const { name, ports } of routers)
    for (const { addresses } of ports) put(withoutPrefixes(addresses), name, `the router ${name}'s address`);
  for (const { name, node, addresses } of pods) put(addresses, node, `the address of pod ${name}`, { isPod: true });
  for (const { name, tunnelAddresses } of nodes) put(tunnelAddresses, name, `the tunnel address of ${name}`);
  for (const { name, addresses } of nodes) put(addresses, name, `${name}'s address`);
  return owners;
}

/** Whether a machine has an address by right. */
export function isOwn({ node, isPod }: Owner, machine: string): boolean {
  return node === machine && isPod === undefined;
}

function withoutPrefixes(addresses: PerFamily<string>): PerFamily<string> {
  return Object.fromEntries(Object.entries(addresses).map(([family, cidr]) => [family, withoutPrefix(cidr)]));
}

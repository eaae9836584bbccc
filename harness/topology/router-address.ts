import { addressCount, hostAddress } from "./address.ts";
import type { Family, Topology } from "./topology.ts";

/**
 * Address of a router in one of its subnets, without prefix: .1 for the file's first router there, .2 for the second, …
 * Undefined where the subnet has no network of this family or ends before.
 */
export function routerAddress(topology: Topology, router: string, subnet: string, family: Family): string | undefined {
  const network = topology.subnets.find(({ name }) => name === subnet)?.cidrs[family];
  const neighbors = topology.routers.filter(({ subnets }) => subnets.includes(subnet)).map(({ name }) => name);
  const number = 1 + neighbors.indexOf(router);
  if (network === undefined || number < 1 || BigInt(number) >= addressCount(network)) return undefined;
  return hostAddress(network, number);
}

/** Number in its subnet of the address that an active router holds for itself and its standby: behind routers' own, before those of nodes. */
const sharedNumber = 10;

/** The address that a router has as the gateway, without prefix: one that it holds while another stands by, else its own. */
export function gatewayAddress(topology: Topology, router: string, subnet: string, family: Family): string | undefined {
  return heldAddress(topology, router, subnet, family) ?? routerAddress(topology, router, subnet, family);
}

/** The address that a router holds in a subnet while another router there stands by for it; undefined where none does. */
export function heldAddress(topology: Topology, router: string, subnet: string, family: Family): string | undefined {
  const isHeld = topology.routers.some(({ standbyFor, subnets }) => standbyFor === router && subnets.includes(subnet));
  const network = topology.subnets.find(({ name }) => name === subnet)?.cidrs[family];
  if (!isHeld || network === undefined || BigInt(sharedNumber) >= addressCount(network)) return undefined;
  return hostAddress(network, sharedNumber);
}

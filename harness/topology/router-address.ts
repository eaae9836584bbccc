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

import { addressHex, hostAddress, withoutPrefix } from "./address.ts";
import { perFamily } from "./fill-topology.ts";
import type { Allocation, BalancedAddresses } from "./plan.ts";
import type { Family, Topology, TopologyNode } from "./topology.ts";

/** Addresses of each Service: one for either externalTrafficPolicy. */
export const balancedPerService = 2;

/** The load balancer addresses of the nth Service; nothing where the topology has none. */
export function balancedAddresses(
  { loadBalancers }: Topology,
  families: readonly Family[],
  index: number,
): { readonly balanced?: BalancedAddresses } {
  if (loadBalancers === undefined) return {};
  const nth = (place: number) =>
    perFamily(families, (family) => {
      const network = loadBalancers[family];
      return network && hostAddress(network, balancedPerService * index + place);
    });
  return { balanced: { masqueraded: nth(1), local: nth(2) } };
}

/**
 * The node that the routers lead requests with externalTrafficPolicy Cluster to. Any node would do, as each passes them on: by static routes
 * the first, and of those that all tell a router the same by BGP the one with the lowest router id, its IPv4 address (RFC 4271 9.1.2.2 f).
 */
export function balancedEntry({ nodes, fabric, families }: Topology): string | undefined {
  if (fabric !== "bgp" || !families.includes(4)) return nodes[0]?.name;
  const idOf = ({ addresses: { 4: own = "" } }: TopologyNode): string => addressHex(withoutPrefix(own));
  return nodes.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1))[0]?.name;
}

/** What leads to load balancer addresses, as Calico advertises them: the whole network to one node, and single addresses to backends' nodes. */
export function balancedRoutes(
  topology: Topology,
  { services, pods }: Pick<Allocation, "services" | "pods">,
  family: Family,
): readonly { readonly destination: string; readonly node: string }[] {
  const network = topology.loadBalancers?.[family];
  const entry = balancedEntry(topology);
  if (network === undefined || entry === undefined) return [];
  const single = services.flatMap(({ backend, balanced }) => {
    const address = balanced?.local[family];
    const node = pods.find(({ pod }) => pod === backend)?.node ?? backend;
    return address === undefined ? [] : [{ destination: `${address}/${family === 4 ? 32 : 128}`, node }];
  });
  return [{ destination: network, node: entry }, ...single];
}

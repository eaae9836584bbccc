import type { LinkFact, RouteFact } from "../dataplane/node-facts.ts";
import { prefixLength } from "../topology/address.ts";

/**
 * Devices as the kernel's own routes tell of them ("198.18.1.0/24 dev eth0 proto kernel scope link src 198.18.1.11"): their addresses
 * alone, for a bundle without `ip addr`.
 */
export function connectedDevices(routes: readonly RouteFact[]): readonly LinkFact[] {
  const devices = new Set(routes.flatMap((route) => (isConnected(route) ? (route.device ?? []) : [])));
  return [...devices].map((device) => ({
    ...{ device, kind: "", mtu: 0, up: true, mac: "" },
    addresses: addressesOf(routes, device),
  }));
}

/** The same for devices that `ip link` tells of; those without a network keep their addresses for themselves. */
export function withAddressesOf(routes: readonly RouteFact[], links: readonly LinkFact[]): readonly LinkFact[] {
  return links.map((link) => {
    if (link.addresses.length > 0) return link;
    const addresses = addressesOf(routes, link.device);
    return addresses.length === 0 ? { ...link, unaddressed: true } : { ...link, addresses };
  });
}

function addressesOf(routes: readonly RouteFact[], wanted: string): readonly string[] {
  return routes.flatMap((route) =>
    route.device === wanted && isConnected(route) ? [`${route.source ?? ""}/${prefixLength(route.destination)}`] : [],
  );
}

/** IPv6 has no `src` there: its addresses are not told by routes. */
function isConnected({ protocol, source, via, destination }: RouteFact): boolean {
  return protocol === "kernel" && source !== undefined && via === undefined && destination !== "default";
}

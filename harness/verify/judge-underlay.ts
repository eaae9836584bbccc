import type { NodeFacts } from "../dataplane/node-facts.ts";
import type { ExpectedNodeState } from "../encap/control-plane.ts";
import type { ExpectedUnderlay, ExpectedWay } from "../encap/expect-underlay.ts";
import { familyOf, prefixLength, withoutPrefix } from "../topology/address.ts";
import { destinationOf } from "../topology/destination.ts";
import { deafnessOf } from "./deaf-device.ts";
import { longestMatch, type RouteLookup } from "./longest-match.ts";
import { routeInWords } from "./route-words.ts";
import { isSameAddress } from "../topology/same-address.ts";
import type { Trouble } from "./trouble.ts";

/** The address that pods have for a gateway, and that their node answers ARP for (cni-plugin; proxy_arp). */
const podGateway = "169.254.1.1";

/** What is wrong with how packets find the other nodes, and pods their node. */
export function wayTroubles({ underlay }: ExpectedNodeState, { routes, links }: NodeFacts): readonly Trouble[] {
  if (underlay === undefined) return [];
  const room = links.find(({ device }) => device === underlay.uplink)?.mtu;
  const lookups = { 4: longestMatch(routes, 4), 6: longestMatch(routes, 6) };
  return [
    ...underlay.ways.flatMap((way) => troubleOfWay(underlay, way, lookups[way.family], room)),
    ...(underlay.podDevices.length > 0 && underlay.addresses.some(({ family }) => family === 4)
      ? gatewayTrouble(lookups[4])
      : []),
  ];
}

function troubleOfWay(underlay: ExpectedUnderlay, way: ExpectedWay, lookup: RouteLookup, room = 0): readonly Trouble[] {
  const { address, to: peer, via } = way;
  const want = `${via === undefined ? "" : `via ${via} `}dev ${underlay.uplink}`;
  const route = lookup(address);
  if (route === undefined)
    return [{ kind: "wrong way", peer, text: `no route to ${peer}'s address ${address} (it must go ${want})` }];
  const sameVia = via === undefined ? route.via === undefined : isSameAddress(route.via ?? "", via);
  const direct = route.via !== undefined && isSameAddress(route.via, address);
  const right = (sameVia || (via === undefined && direct)) && route.device === underlay.uplink;
  if (right && route.hops === undefined && route.type === "unicast") {
    if (route.more !== undefined) {
      const odd = `packets to ${peer}'s address ${address} take ${routeInWords(route)}, which has ${route.more.join(" and ")} of its own`;
      return [{ kind: "wrong way", peer, text: odd, route }];
    }
    // DHCP writes the link's own MTU into routes: that narrows nothing.
    if (route.mtu === undefined || route.mtu >= room) return [];
    const narrow = `${routeInWords(route)} lets only ${route.mtu} bytes through to ${peer}'s address ${address}, where ${underlay.uplink} carries ${room}`;
    return [{ kind: "wrong way", peer, text: narrow, route }];
  }
  const text = `packets to ${peer}'s address ${address} take ${routeInWords(route)}, not ${want}`;
  return [{ kind: "wrong way", peer, text, route }];
}

function gatewayTrouble(lookup: RouteLookup): readonly Trouble[] {
  const route = lookup(podGateway);
  if (route?.type === "unicast") return [];
  const text = `no route to ${podGateway}, the pods' gateway (there is no default route), so that pods' ARP for it is not answered`;
  return [{ kind: "no gateway", text }];
}

/** What is wrong with the uplink's own addresses. */
export function uplinkTroubles({ underlay }: ExpectedNodeState, { links }: NodeFacts): readonly Trouble[] {
  if (underlay === undefined) return [];
  const { uplink, addresses } = underlay;
  const link = links.find(({ device }) => device === uplink);
  if (link === undefined) return [{ kind: "link", what: "presence", text: `no device ${uplink}` }];
  const there = new Set(link.addresses.map(destinationOf));
  const missing = addresses.filter(({ address }) => link.unaddressed !== true && !there.has(destinationOf(address)));
  return [
    ...(link.up ? [] : [{ kind: "link", what: "state", text: `${uplink} is down` } as const]),
    ...missing.map(({ address }): Trouble => ({
      kind: "link",
      what: "address",
      text: `${uplink} has ${link.addresses.filter((one) => familyOf(one) === familyOf(address)).join(" and ") || "no address"}, not ${address}`,
    })),
  ];
}

/** What keeps the uplink and the pods' devices from finding their neighbors: Felix leaves them as the kernel makes them. */
export function linkTroubles({ underlay }: ExpectedNodeState, { links }: NodeFacts): readonly Trouble[] {
  if (underlay === undefined) return [];
  const devices = [underlay.uplink, ...underlay.podDevices];
  return links
    .filter(({ device, mac }) => devices.includes(device) && mac !== "")
    .flatMap((link) =>
      // An uplink may stand in a VRF or in a bridge, and still do its work.
      deafnessOf(link).filter(({ what }) => what === "arp" || link.device !== underlay.uplink),
    )
    .map((deafness): Trouble => ({ kind: "link", ...deafness }));
}

/**
 * What is wrong with how Calico has registered a node, by whose prefix alone it decides what is "same subnet"
 * (felix/calc/l3_route_resolver.go).
 */
export function registrationTroubles(
  { underlay }: ExpectedNodeState,
  seen: readonly string[] | undefined,
): readonly Trouble[] {
  if (underlay === undefined || seen === undefined) return [];
  return underlay.registered.flatMap(({ family, address }): readonly Trouble[] => {
    const own = seen.find((candidate) => familyOf(candidate) === family);
    const trouble = (text: string): readonly Trouble[] => [{ kind: "registration", what: own ?? "", text }];
    if (own === undefined) return trouble(`Calico has registered no IPv${family} address, not ${address}`);
    if (prefixLength(own) === prefixLength(address) && isSameAddress(withoutPrefix(own), withoutPrefix(address)))
      return [];
    return trouble(`Calico has registered ${own}, not ${address}`);
  });
}

/** What is wrong with the kernel's settings: a node that does not pass packets on, or does not answer its pods' ARP. */
export function settingTroubles(expected: ExpectedNodeState, { settings }: NodeFacts): readonly Trouble[] {
  const { underlay, tunnels } = expected;
  if (underlay === undefined || settings === undefined) return [];
  const must = (name: string, means: string): readonly Trouble[] => {
    const value = settings[name];
    if (value === undefined || value === "1") return [];
    return [{ kind: "setting", what: name, text: `${name} is ${value}, not 1: ${means}` }];
  };
  const ipv4 = underlay.addresses.some(({ family }) => family === 4);
  const ipv6 = underlay.addresses.some(({ family }) => family === 6);
  const devices = [...underlay.forwards, ...tunnels.map(({ device }) => device)];
  const whole = ipv4 ? must("ipv4.ip_forward", "the node does not forward packets") : [];
  return [
    ...whole,
    ...(ipv4 && whole.length === 0
      ? devices.flatMap((device) =>
          must(`ipv4.conf.${device}.forwarding`, `packets that come in by ${device} are not forwarded`),
        )
      : []),
    ...(ipv4
      ? underlay.podDevices.flatMap((device) =>
          must(`ipv4.conf.${device}.proxy_arp`, `the pod behind ${device} gets no answer to its ARP`),
        )
      : []),
    ...(ipv6 ? must("ipv6.conf.all.forwarding", "the node does not forward IPv6 packets") : []),
  ];
}

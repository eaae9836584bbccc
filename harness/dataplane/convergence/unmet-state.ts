import type { ExpectedNodeState, ExpectedRoute, ExpectedTunnel } from "../../encap/control-plane.ts";
import { withoutPrefix } from "../../topology/address.ts";
import { isSameAddress } from "../../topology/same-address.ts";
import type { LinkFact, NodeFacts, RouteFact } from "../node-facts.ts";
import type { Unmet } from "./unmet.ts";

/** The first thing that a node's kernel does not hold of what its mode needs, walking device, address, neighbor, route. */
export function firstUnmetState(expected: ExpectedNodeState, facts: NodeFacts): Unmet | undefined {
  const { tunnels, idleDevices, routes } = expected;
  const steps: readonly (readonly [Unmet["step"], readonly (string | undefined)[]])[] = [
    ["device", tunnels.map((tunnel) => deviceTrouble(tunnel, linkOf(facts, tunnel.device)))],
    [
      "address",
      [
        ...tunnels.map((tunnel) => addressTrouble(tunnel, linkOf(facts, tunnel.device))),
        ...idleDevices.map((device) => idleTrouble(device, facts)),
      ],
    ],
    ["neighbor", peerTroubles(expected, facts)],
    ["route", [...routes.map((route) => routeTrouble(route, facts)), ...encryptionUnmet(expected, facts)]],
  ];
  for (const [step, troubles] of steps) {
    const seen = troubles.find((trouble) => trouble !== undefined);
    if (seen !== undefined) return { step, seen };
  }
  return undefined;
}

function linkOf(facts: NodeFacts, device: string): LinkFact | undefined {
  return facts.links.find((link) => link.device === device);
}

function deviceTrouble({ device, mtu, vxlan }: ExpectedTunnel, link: LinkFact | undefined): string | undefined {
  if (link === undefined) return `no device ${device}`;
  if (!link.up) return `${device} is down`;
  if (link.mtu !== mtu) return `${device} has MTU ${link.mtu} instead of ${mtu}`;
  if (vxlan === undefined) return undefined;
  if (link.vxlan !== undefined && link.vxlan.vni !== vxlan.vni)
    return `${device} has VNI ${link.vxlan.vni} instead of ${vxlan.vni}`;
  return link.mac === vxlan.mac ? undefined : `${device} has MAC ${link.mac} instead of ${vxlan.mac}`;
}

function addressTrouble({ device, address }: ExpectedTunnel, link: LinkFact | undefined): string | undefined {
  const there = link?.addresses ?? [];
  if (there.some((candidate) => isSameAddress(withoutPrefix(candidate), withoutPrefix(address)))) return undefined;
  return `${device} lacks address ${address} (it has ${there.join(", ") || "none"})`;
}

/** A tunnel of another mode still counts while it holds an address: Felix has not come round to it. */
function idleTrouble(device: string, facts: NodeFacts): string | undefined {
  const own = (linkOf(facts, device)?.addresses ?? []).filter((address) => !address.startsWith("fe80:"));
  return own.length === 0 ? undefined : `${device} still has ${own.join(", ")}`;
}

function peerTroubles({ fdb, neighbors }: ExpectedNodeState, facts: NodeFacts): readonly (string | undefined)[] {
  return [
    ...fdb.map(({ mac, destination, device }) =>
      facts.fdb.some(
        (entry) => entry.device === device && entry.mac === mac && isSameAddress(entry.destination, destination),
      )
        ? undefined
        : `no FDB entry ${mac} dst ${destination} on ${device}`,
    ),
    ...neighbors.map(({ address, mac, device }) =>
      facts.neighbors.some(
        (entry) => entry.device === device && entry.mac === mac && isSameAddress(entry.address, address),
      )
        ? undefined
        : `no neighbor ${address} lladdr ${mac} on ${device}`,
    ),
  ];
}

function routeTrouble(route: ExpectedRoute, facts: NodeFacts): string | undefined {
  const there = facts.routes.filter(({ destination }) => destination === route.destination);
  if (there.some((fact) => agrees(route, fact))) return undefined;
  const seen = there.map(({ type, via, device, protocol }) => [type, via, device, protocol].join(" ")).join(" and ");
  return `route to ${route.destination} (${route.purpose}) is ${seen || "missing"}`;
}

/** Pings are answered whether they are encrypted or not: that they go into WireGuard is for its rule and routes to say. */
function encryptionUnmet({ encrypted = [] }: ExpectedNodeState, facts: NodeFacts): readonly (string | undefined)[] {
  return encrypted.flatMap(({ family, device, peers }) => {
    const led = (facts.otherTables ?? []).filter((route) => route.family === family && route.device === device);
    const asked = led.some(({ table }) => facts.rules?.some((rule) => rule.table === table && rule.not) === true);
    const wanted = peers.flatMap(({ destinations }) => destinations);
    return [
      asked || wanted.length === 0 ? undefined : `no rule leads to routes into ${device}`,
      ...wanted.map((destination) =>
        led.some((route) => isSameAddress(route.destination, destination.replace(/\/(32|128)$/, "")))
          ? undefined
          : `no route to ${destination} into ${device}`,
      ),
    ];
  });
}

function agrees(route: ExpectedRoute, fact: RouteFact): boolean {
  const hop =
    route.via === undefined ? fact.via === undefined : fact.via !== undefined && isSameAddress(fact.via, route.via);
  return hop && fact.device === route.device && fact.type === route.type && route.protocols.includes(fact.protocol);
}

import { withoutPrefix } from "../../topology/address.ts";
import { isSameAddress } from "../../topology/same-address.ts";
import type { NodeFacts, RouteFact } from "../node-facts.ts";
import type { NodeProgram, RouteProgram, TunnelProgram } from "../program/node-program.ts";

/** Steps on the way to convergence, in their order; "ping" is looked at last and not by facts. */
export const factSteps = ["device", "address", "neighbor", "route"] as const;
type FactStep = (typeof factSteps)[number];

/** What a node's kernel lacks of its program. */
export interface Unmet {
  readonly step: FactStep;
  /** "vxlan.calico is down" */
  readonly seen: string;
}

/** The first thing that a node's kernel does not hold, walking the steps in order; undefined where all is in place. */
export function firstUnmet(program: NodeProgram, facts: NodeFacts): Unmet | undefined {
  const tunnels = program.tunnels;
  return (
    first("device", [
      ...tunnels.map((tunnel) => deviceTrouble(tunnel.device, tunnel.mtu, facts)),
      ...program.pods.map((pod) => deviceTrouble(pod.hostDevice, pod.mtu, facts)),
    ]) ??
    first(
      "address",
      tunnels.map((tunnel) => addressTrouble(tunnel, facts)),
    ) ??
    first(
      "neighbor",
      tunnels.flatMap((tunnel) => peerTroubles(tunnel, facts)),
    ) ??
    first(
      "route",
      program.routes.map((route) => routeTrouble(route, facts)),
    )
  );
}

function first(step: FactStep, troubles: readonly (string | undefined)[]): Unmet | undefined {
  const seen = troubles.find((trouble) => trouble !== undefined);
  return seen === undefined ? undefined : { step, seen };
}

/** Pods of a switched network keep their old MTU, so that a smaller one is no trouble. */
function deviceTrouble(device: string, mtu: number, facts: NodeFacts): string | undefined {
  const link = facts.links.find((candidate) => candidate.device === device);
  if (link === undefined) return `no device ${device}`;
  if (!link.up) return `${device} is down`;
  return link.mtu === mtu || device.startsWith("cali") ? undefined : `${device} has MTU ${link.mtu} instead of ${mtu}`;
}

function addressTrouble({ device, address }: TunnelProgram, facts: NodeFacts): string | undefined {
  const addresses = facts.links.find((link) => link.device === device)?.addresses ?? [];
  const found = addresses.some((candidate) => isSameAddress(withoutPrefix(candidate), address));
  return found ? undefined : `${device} lacks address ${address} (it has ${addresses.join(", ") || "none"})`;
}

function peerTroubles({ device, peers }: TunnelProgram, facts: NodeFacts): readonly (string | undefined)[] {
  return peers.flatMap(({ mac, host, tunnelAddress }) => [
    facts.fdb.some((entry) => entry.device === device && entry.mac === mac && isSameAddress(entry.destination, host))
      ? undefined
      : `no FDB entry ${mac} dst ${host} on ${device}`,
    facts.neighbors.some(
      (entry) => entry.device === device && entry.mac === mac && isSameAddress(entry.address, tunnelAddress),
    )
      ? undefined
      : `no neighbor ${tunnelAddress} lladdr ${mac} on ${device}`,
  ]);
}

function routeTrouble(route: RouteProgram, facts: NodeFacts): string | undefined {
  const there = facts.routes.filter((fact) => fact.destination === route.destination);
  if (there.some((fact) => agrees(route, fact))) return undefined;
  return `route to ${route.destination} is ${there.map(describe).join(" and ") || "missing"}`;
}

function agrees(route: RouteProgram, fact: RouteFact): boolean {
  const sameHop =
    route.via === undefined ? fact.via === undefined : fact.via !== undefined && isSameAddress(fact.via, route.via);
  return sameHop && fact.device === route.device && fact.type === route.type && fact.protocol === route.protocol;
}

function describe({ type, via, device, protocol }: RouteFact): string {
  return [type === "unicast" ? "" : type, via && `via ${via}`, device && `dev ${device}`, `proto ${protocol}`]
    .filter((word) => word !== undefined && word !== "")
    .join(" ");
}

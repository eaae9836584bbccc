import type { TapId } from "../encap/expectation.ts";
import type { Identities } from "../encap/identity.ts";
import { familyOf, networkOf } from "../topology/address.ts";
import { hostsOf } from "../topology/hosts-of.ts";
import type { Plan } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";
import type { Station, Stations } from "./stations.ts";

/** Machines on a segment up to which each one's MAC is asked at every tap: a filter has at most 4096 instructions (BPF_MAXINSNS). */
export const mostOnSegment = 8;

/**
 * BPF for one tap: lets the kernel keep frames whose MACs may be another's, and passes over the rest. On large segments a tap asks for
 * what is its own machine's; the others have taps too. "" where no MAC is known. Which of it is wrong is for `misaddressed` to say.
 */
export function linkFilter(plan: Plan, identities: Identities, stations: Stations, tap: TapId): string {
  const own = stations.at(tap);
  if (own === undefined) return "";
  const all = stations.on(own.segment);
  const isLarge = all.length > mostOnSegment;
  const asked = (isLarge ? [own] : all).filter(({ mac }) => mac !== "");
  const routers = stations.routersOn(own.segment);
  const parts = plan.families.flatMap((family): readonly string[] => {
    const ofOne = asked.flatMap((station) =>
      ends.flatMap((end) => {
        const places = placesOf(station, identities, family, end);
        return places.length === 0 ? [] : [unless(either(places), end, [station, ...detours(all, station, stations)])];
      }),
    );
    return [...ofOne, ...(isLarge ? [] : beyond(plan, identities, all, routers, family))];
  });
  return parts.map((part) => `(${part})`).join(" or ");
}

const ends = ["src", "dst"] as const;
type End = (typeof ends)[number];

/** Routers by which neighbors reach each other where their prefixes leave each other out. */
function detours(all: readonly Station[], station: Station, stations: Stations): readonly Station[] {
  const others = all.filter(({ isRouter, name }) => !isRouter && name !== station.name);
  const isDetour =
    !station.isRouter &&
    others.some((other) => stations.goesByGateway(other, station) || stations.goesByGateway(station, other));
  return isDetour ? all.filter(({ isRouter }) => isRouter) : [];
}

/** What is for others than the segment's machines goes to a router, and comes from one. */
function beyond(
  plan: Plan,
  identities: Identities,
  all: readonly Station[],
  routers: readonly Station[],
  family: Family,
): readonly string[] {
  if (routers.length === 0 || routers.some(({ mac }) => mac === "")) return [];
  const machines = hostsOf(plan).flatMap(({ uplink, others = [] }) => [uplink, ...others]);
  const ports = [...machines, ...plan.routers.flatMap((router) => router.ports)];
  const subnets = ports.flatMap(({ addresses }) => addresses[family] ?? []).map(networkOf);
  const pools = plan.topology.pools.filter((pool) => pool.family === family).map(({ cidr }) => networkOf(cidr));
  return ends.map((end) => {
    const nets = [...new Set([...subnets, ...pools])].map((net) => `${end} net ${net}`);
    const here = all.flatMap((station) => placesOf(station, identities, family, end));
    return unless(`(${either(nets)}) and not (${either(here)})`, end, routers);
  });
}

function unless(what: string, end: End, right: readonly Station[]): string {
  return `(${what}) and not (${either(right.map(({ mac }) => `ether ${end} ${mac}`))})`;
}

/** The addresses of a machine's own and, by its uplink, those of its pods. */
function placesOf(
  { name, addresses, isUplink }: Station,
  { nodes }: Identities,
  family: Family,
  end: End,
): readonly string[] {
  const blocks = isUplink ? (nodes.find((node) => node.name === name)?.blocks[family] ?? []) : [];
  return [
    ...addresses.filter((address) => familyOf(address) === family).map((address) => `${end} host ${address}`),
    ...blocks.map((block) => `${end} net ${networkOf(block)}`),
  ];
}

function either(parts: readonly string[]): string {
  return parts.length === 0 ? "less 1" : parts.join(" or ");
}

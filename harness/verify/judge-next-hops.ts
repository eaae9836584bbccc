import type { DataplaneFacts } from "../dataplane/dataplane.ts";
import type { LinkFact, NodeFacts } from "../dataplane/node-facts.ts";
import type { Identities } from "../encap/identity.ts";
import { withoutPrefix } from "../topology/address.ts";
import { destinationOf, type Destination } from "../topology/destination.ts";
import type { Plan } from "../topology/plan.ts";
import type { Trouble } from "./trouble.ts";

/**
 * By node: neighbors on its uplink whose MAC is another machine's, so that frames go to the wrong next hop. A cloud's network may
 * answer ARP with MACs of its own: of those nothing is claimed, unless somebody wrote them down for good.
 */
export function nextHopTroubles(
  plan: Plan,
  { nodes }: Identities,
  facts: DataplaneFacts,
): ReadonlyMap<string, readonly Trouble[]> {
  const owners = ownersOf(plan, facts);
  const machines = new Map([...owners.values()].map((owner) => [owner.mac, owner]));
  const names = new Set(nodes.map(({ name }) => name));
  return new Map(
    facts.nodes.map((node) => [
      node.node,
      neighborsOf(plan, node).flatMap((neighbor) =>
        isProxied(plan, node.node, machines.get(neighbor.mac), owners.get(destinationOf(neighbor.address)))
          ? []
          : troubleOf(neighbor, owners, machines, names),
      ),
    ]),
  );
}

/** A machine's device on a segment, and who it says it is. */
interface Owner {
  readonly name: string;
  readonly device: string;
  readonly mac: string;
}

/** Uplinks of nodes and ports of routers, by their addresses. */
function ownersOf(plan: Plan, { nodes, routers = [] }: DataplaneFacts): ReadonlyMap<Destination, Owner> {
  const owned = [
    ...nodes.map((facts) => ({ facts, devices: plan.nodes.filter(({ name }) => name === facts.node).map(uplinkName) })),
    ...routers.map((facts) => ({
      facts,
      devices: plan.routers.filter(({ name }) => name === facts.node).flatMap(({ ports }) => ports.map(nameOf)),
    })),
  ];
  const entries = owned.flatMap(({ facts: { node, links }, devices }) =>
    links.filter(({ device, mac }) => devices.includes(device) && mac !== "").flatMap((link) => entriesOf(node, link)),
  );
  const planned = plannedOwners(plan);
  // Of two machines with one address the plan's is the owner, and each of what only one has.
  return new Map(
    entries.toSorted(
      ([a, one], [b, other]) => Number(planned.get(a) === one.name) - Number(planned.get(b) === other.name),
    ),
  );
}

/** Names of nodes and routers by the addresses that the plan gives them. */
function plannedOwners(plan: Plan): ReadonlyMap<Destination, string> {
  const ports = [
    ...plan.nodes.map(({ name, uplink }) => ({ name, port: uplink })),
    ...plan.routers.flatMap(({ name, ports: own }) => own.map((port) => ({ name, port }))),
  ];
  return new Map(
    ports.flatMap(({ name, port }) =>
      Object.values(port.addresses).map((address) => [destinationOf(withoutPrefix(address)), name] as const),
    ),
  );
}

function uplinkName({ uplink }: Plan["nodes"][number]): string {
  return uplink.device;
}

function nameOf({ device }: { readonly device: string }): string {
  return device;
}

function entriesOf(name: string, { device, mac, addresses }: LinkFact): readonly (readonly [Destination, Owner])[] {
  const owner: Owner = { name, device, mac: mac.toLowerCase() };
  return addresses.map((address) => [destinationOf(withoutPrefix(address)), owner] as const);
}

/** A router with proxyArp answers on a node's segment for whoever stands on others. */
function isProxied(plan: Plan, node: string, answered: Owner | undefined, owner: Owner | undefined): boolean {
  const segmentOf = (name: string | undefined): string | undefined =>
    plan.nodes.find((planned) => planned.name === name)?.uplink.segment;
  const proxy = plan.routers.some(({ name, proxyArp }) => proxyArp && name === answered?.name);
  return proxy && segmentOf(owner?.name) !== segmentOf(node);
}

type Neighbor = NodeFacts["neighbors"][number];

function neighborsOf(plan: Plan, { node, neighbors }: NodeFacts): readonly Neighbor[] {
  const uplink = plan.nodes.find(({ name }) => name === node)?.uplink.device;
  return neighbors.filter(
    ({ device, mac, address }) => device === uplink && mac !== "" && !address.startsWith("fe80:"),
  );
}

function troubleOf(
  { address, mac, device, state }: Neighbor,
  owners: ReadonlyMap<Destination, Owner>,
  machines: ReadonlyMap<string, Owner>,
  names: ReadonlySet<string>,
): readonly Trouble[] {
  const owner = owners.get(destinationOf(address));
  const other = machines.get(mac);
  if (owner === undefined || owner.mac === mac || (other === undefined && !state.includes("PERMANENT"))) return [];
  const whose = other === undefined ? "nobody's here" : `${other.name}/${other.device}'s`;
  return [
    {
      kind: "next hop",
      what: mac,
      ...(names.has(owner.name) ? { peer: owner.name } : {}),
      text: `frames for ${owner.name}'s address ${address} go to ${mac} (${whose}, neighbor ${state || "entry"} on ${device}), not to ${owner.mac}`,
    },
  ];
}

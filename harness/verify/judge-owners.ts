import { groupBy } from "../core/group-by.ts";
import type { LinkFact, NodeFacts } from "../dataplane/node-facts.ts";
import type { Identities } from "../encap/identity.ts";
import { withoutPrefix } from "../topology/address.ts";
import { destinationOf, type Destination } from "../topology/destination.ts";
import type { Plan, PlannedRouter } from "../topology/plan.ts";
import { isOwn, ownersOf, type Owner } from "./address-owners.ts";
import { localTroubles } from "./judge-local-table.ts";
import type { Trouble } from "./trouble.ts";

/** Devices that many nodes have with the same address by design: kube-proxy's, DNS caches, Docker's and CNI bridges. */
const shared = /^(kube-ipvs|nodelocaldns|docker|cni|br-|virbr)/;

/** By node: addresses on its devices that belong to somebody else, and MACs that a neighbor on its segment sends from too. */
export function ownerTroubles(
  plan: Plan,
  identities: Identities,
  facts: readonly NodeFacts[],
): ReadonlyMap<string, readonly Trouble[]> {
  const owners = ownersOf(plan, identities);
  const macs = groupBy(
    [...facts.flatMap((node) => uplinkOf(plan, node)), ...plan.routers.flatMap(portsOf)],
    ({ segment, mac }) => `${segment} ${mac}`,
  );
  return new Map(
    facts.map((node) => [
      node.node,
      [
        ...node.links.flatMap((link) => foreignAddresses(node.node, link, owners)),
        ...localTroubles(node, owners),
        ...sameMacs(plan, node, macs),
      ],
    ]),
  );
}

/** Addresses on a router's devices that belong to somebody else. */
export function addressTroubles(plan: Plan, identities: Identities, facts: NodeFacts): readonly Trouble[] {
  const owners = ownersOf(plan, identities);
  const { node, links } = facts;
  return [...links.flatMap((link) => foreignAddresses(node, link, owners)), ...localTroubles(facts, owners)];
}

function foreignAddresses(
  node: string,
  { device, addresses }: LinkFact,
  owners: ReadonlyMap<Destination, Owner>,
): readonly Trouble[] {
  if (shared.test(device)) return [];
  return addresses.flatMap((cidr): readonly Trouble[] => {
    const address = withoutPrefix(cidr);
    const owner = owners.get(destinationOf(address));
    if (owner === undefined || isOwn(owner, node)) return [];
    return [{ kind: "address", peer: owner.node, text: `${device} has ${address}, which is ${owner.what}` }];
  });
}

interface Uplink {
  readonly node: string;
  readonly router?: true;
  readonly device: string;
  readonly segment: string;
  readonly mac: string;
}

function uplinkOf(plan: Plan, { node, links }: NodeFacts): readonly Uplink[] {
  const planned = plan.nodes.find(({ name }) => name === node)?.uplink;
  const mac = links.find(({ device }) => device === planned?.device)?.mac;
  if (planned === undefined || mac === undefined || mac === "") return [];
  return [{ node, device: planned.device, segment: planned.segment, mac }];
}

function portsOf({ name, ports }: PlannedRouter): readonly Uplink[] {
  return ports.map(({ device, segment, mac }) => ({ node: name, router: true, device, segment, mac }));
}

function sameMacs(plan: Plan, facts: NodeFacts, macs: ReadonlyMap<string, readonly Uplink[]>): readonly Trouble[] {
  return uplinkOf(plan, facts).flatMap(({ node, device, segment, mac }) =>
    (macs.get(`${segment} ${mac}`) ?? [])
      .filter((other) => other.node !== node)
      .map((other): Trouble => ({
        kind: "MAC",
        // Troubles with a peer are told from both sides; nobody tells a router's.
        ...(other.router === undefined ? { peer: other.node } : {}),
        what: mac,
        text: `${node}/${device} and ${other.node}/${other.device} both send from ${mac}`,
      })),
  );
}

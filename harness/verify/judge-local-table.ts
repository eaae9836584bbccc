import type { NodeFacts, RouteFact } from "../dataplane/node-facts.ts";
import { contains, familyOf, isAddress, isCidr, withoutPrefix } from "../topology/address.ts";
import { destinationOf, type Destination } from "../topology/destination.ts";
import { isOwn, type Owner } from "./address-owners.ts";
import type { Trouble } from "./trouble.ts";

/**
 * What is wrong with table local, which the kernel asks before all others (ip-rule(8)): an entry that takes what is for others, or an address
 * of the machine's that is not there, so that it passes on what is for itself.
 */
export function localTroubles(facts: NodeFacts, owners: ReadonlyMap<Destination, Owner>): readonly Trouble[] {
  const { node, localTable } = facts;
  if (localTable === undefined || facts.unreadable?.some(({ what }) => what === "routes") === true) return [];
  return [...localTable.flatMap((entry) => takenFrom(node, entry, owners)), ...untaken(facts, localTable, owners)];
}

/** Addresses of devices bring entries by themselves, and are judged by themselves. */
function takenFrom(node: string, entry: RouteFact, owners: ReadonlyMap<Destination, Owner>): readonly Trouble[] {
  const { family, destination, type, device, protocol } = entry;
  if (protocol === "kernel" || !(isAddress(destination) || isCidr(destination))) return [];
  const others = [...owners].filter(
    ([address, owner]) => familyOf(address) === family && !isOwn(owner, node) && contains(destination, address),
  );
  const [first] = others;
  if (first === undefined) return [];
  const peers = new Set(others.map(([, owner]) => owner.node));
  const peer = peers.size === 1 && first[1].node !== node ? { peer: first[1].node } : {};
  const words = [type, destination, ...(device === undefined ? [] : [`dev ${device}`])].join(" ");
  const more = others.length === 1 ? "" : ` and ${others.length - 1} more`;
  const text = `table local has "${words}", which comes before all routes and takes what is for ${first[0]}, ${first[1].what}${more}`;
  return [{ kind: "local", text, route: entry, ...peer }];
}

/** Addresses that the machine has by right, on a device, and not in the table. */
function untaken(
  { node, links }: NodeFacts,
  table: readonly RouteFact[],
  owners: ReadonlyMap<Destination, Owner>,
): readonly Trouble[] {
  // An old ip(8) that does not list the table has told nothing of it.
  if (table.length === 0) return [];
  const there = table.filter(({ type }) => type === "local").map(({ destination }) => destination);
  return links
    .filter(({ up }) => up)
    .flatMap(({ device, addresses }) => addresses.map((address) => ({ device, address: withoutPrefix(address) })))
    .flatMap(({ device, address }): readonly Trouble[] => {
      const owner = owners.get(destinationOf(address));
      if (owner === undefined || !isOwn(owner, node)) return [];
      if (there.some((local) => familyOf(withoutPrefix(local)) === familyOf(address) && contains(local, address)))
        return [];
      const text = `${device} has ${address}, and table local does not: the machine passes on, or refuses, what is for itself`;
      return [{ kind: "local", what: address, text }];
    });
}

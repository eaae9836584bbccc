import type { NodeFacts, RuleFact } from "../dataplane/node-facts.ts";
import type { ExpectedNodeState } from "../encap/control-plane.ts";
import type { ExpectedEncryption } from "../encap/expect-encryption.ts";
import { wireguardPriority } from "../encap/wireguard.ts";
import { withoutPrefix } from "../topology/address.ts";
import { longestMatch } from "./longest-match.ts";
import type { Trouble } from "./trouble.ts";

/**
 * What keeps packets that must be encrypted out of WireGuard on their node: no rule that asks its table before the main one, a table
 * without the route, a peer that the device does not know. All of it ends in packets as the pool's mode sends them, which arrive.
 */
export function encryptionTroubles({ encrypted = [] }: ExpectedNodeState, facts: NodeFacts): readonly Trouble[] {
  const isThere = (device: string): boolean => facts.links.some((link) => link.device === device && link.up);
  // That the device is missing or down is a trouble of its own, which takes the routes with it.
  return encrypted
    .filter(({ device }) => isThere(device))
    .flatMap((expected) => [...wayTroubles(expected, facts), ...peerTroubles(expected, facts)]);
}

function wayTroubles(expected: ExpectedEncryption, facts: NodeFacts): readonly Trouble[] {
  const { family, device, peers } = expected;
  const tables = (facts.otherTables ?? []).filter((route) => route.family === family && route.device === device);
  const asked = (facts.rules ?? []).filter((rule) => rule.family === family && asksFor(rule, tables));
  if (asked.length === 0 && tables.length > 0) {
    const table = tables[0]?.table ?? "";
    const text = `no rule asks table ${table}, whose routes lead into ${device} (not fwmark …, priority ${wireguardPriority}): packets to other nodes' pods go unencrypted`;
    return [{ kind: "encryption", what: "rule", text }];
  }
  const lookups = asked.map(({ table }) =>
    longestMatch(
      (facts.otherTables ?? []).filter((route) => route.table === table),
      family,
    ),
  );
  return peers.flatMap(({ node, destinations }) =>
    destinations.flatMap((destination): readonly Trouble[] => {
      const address = withoutPrefix(destination);
      if (lookups.some((lookup) => lookup(address)?.device === device)) return [];
      const text = `no route ${destination} into ${device}: packets to the pods of ${node} go unencrypted`;
      return [{ kind: "encryption", what: "route", peer: node, text }];
    }),
  );
}

/** Asks for all packets but those that WireGuard has marked as its own. */
function asksFor({ table, not, fwmark, from, to, others }: RuleFact, tables: NodeFacts["otherTables"] = []): boolean {
  const isWhole = from === "all" && to === undefined && others.length === 0;
  return isWhole && not && fwmark !== undefined && tables.some((route) => route.table === table);
}

/** Where wg(8) was there to tell: each peer by its endpoint, with all that it may be sent. */
function peerTroubles({ family, device, peers }: ExpectedEncryption, { wireguard }: NodeFacts): readonly Trouble[] {
  const own = wireguard?.find((one) => one.device === device);
  if (own === undefined) return [];
  return peers.flatMap(({ node, endpoint, destinations }): readonly Trouble[] => {
    const there = own.peers.find((peer) => peer.endpoint === endpoint);
    const trouble = (what: string, text: string): Trouble => ({ kind: "encryption", what, peer: node, text });
    if (there === undefined) return [trouble("peer", `${device} knows no peer ${endpoint} (${node})`)];
    const lacking = destinations.filter((destination) => !allows(there.allowed, destination, family));
    return lacking.map((destination) =>
      trouble("allowed", `${device} accepts ${destination} not from and to its peer ${endpoint} (${node})`),
    );
  });
}

function allows(allowed: readonly string[], destination: string, family: 4 | 6): boolean {
  const whole = destination.includes("/") ? destination : `${destination}/${family === 4 ? 32 : 128}`;
  return allowed.includes(whole);
}

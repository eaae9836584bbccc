import { groupBy } from "../core/group-by.ts";
import type { NodeFacts } from "../dataplane/node-facts.ts";
import { withoutPrefix } from "../topology/address.ts";
import { destinationOf } from "../topology/destination.ts";
import type { Plan, Port } from "../topology/plan.ts";
import { hostsOf } from "../topology/hosts-of.ts";
import type { Trouble } from "./trouble.ts";

/** By node or router: neighbors on its segments that it knows with another MAC than they have, or that do not answer it. No check asks this: the wire decides. */
export function segmentTroubles(plan: Plan, facts: readonly NodeFacts[]): ReadonlyMap<string, readonly Trouble[]> {
  const byName = new Map(facts.map((own) => [own.node, own]));
  const stations = [
    ...hostsOf(plan).map(({ name, uplink }) => ({ name, port: uplink })),
    ...plan.routers.flatMap(({ name, ports }) => ports.map((port) => ({ name, port }))),
  ].map((station) => ({ ...station, facts: byName.get(station.name) }));
  const bySegment = groupBy(stations, ({ port }) => port.segment);
  const found = stations.flatMap((station) =>
    (bySegment.get(station.port.segment) ?? [])
      .filter((other) => other.name !== station.name)
      .flatMap((other) => troubleOf(station, other))
      .map((trouble) => ({ name: station.name, trouble })),
  );
  const narrow = [...bySegment.values()].flatMap(mtuTroubles);
  return new Map(
    [...groupBy([...found, ...narrow], ({ name }) => name)].map(([name, own]) => [
      name,
      own.map(({ trouble }) => trouble),
    ]),
  );
}

/** A node or router with one of its ports. */
interface Station {
  readonly name: string;
  readonly port: Port;
  readonly facts: NodeFacts | undefined;
}

/** Machines of one segment must agree on what its frames carry: who has another MTU than most loses large packets, or theirs. */
function mtuTroubles(stations: readonly Station[]): readonly { readonly name: string; readonly trouble: Trouble }[] {
  const known = stations.flatMap((station) => {
    const mtu = linkOf(station)?.mtu;
    return mtu === undefined ? [] : [{ station, mtu }];
  });
  const counts = groupBy(known, ({ mtu }) => mtu);
  const [most] = [...counts].toSorted(([, a], [, b]) => b.length - a.length);
  if (most === undefined || counts.size < 2 || most[1].length * 2 <= known.length) return [];
  const [usual] = most;
  return known
    .filter(({ mtu }) => mtu !== usual)
    .map(({ station: { name, port }, mtu }) => {
      const text = `${port.device} has MTU ${mtu}, and the other machines of ${port.segment} have ${usual}`;
      return { name, trouble: { kind: "link", what: "MTU", text } };
    });
}

function troubleOf(own: Station, other: Station): readonly Trouble[] {
  const mac = macOf(other);
  const addresses = new Set(Object.values(other.port.addresses).map((cidr) => destinationOf(withoutPrefix(cidr))));
  const entries = (own.facts?.neighbors ?? []).filter(
    ({ device, address }) => device === own.port.device && addresses.has(destinationOf(address)),
  );
  return entries.flatMap((entry): readonly Trouble[] => {
    const who = `${entry.address} (${other.name})`;
    const told = (text: string): readonly Trouble[] => [{ kind: "neighbor", peer: other.name, text }];
    if (entry.mac === "")
      return /FAILED|INCOMPLETE/.test(entry.state)
        ? told(`it asks by ${entry.device} who has ${who}, and nobody answers`)
        : [];
    if (mac === undefined || entry.mac.toLowerCase() === mac) return [];
    const kind = entry.state.includes("PERMANENT") ? ", an entry that somebody has set" : "";
    return told(
      `it sends what is for ${who} to MAC ${entry.mac} on ${entry.device}, and ${other.name}/${other.port.device} has ${mac}${kind}`,
    );
  });
}

function linkOf({ port, facts }: Station): NodeFacts["links"][number] | undefined {
  return facts?.links.find(({ device }) => device === port.device);
}

function macOf(station: Station): string | undefined {
  const mac = linkOf(station)?.mac.toLowerCase();
  return mac === "" ? undefined : mac;
}

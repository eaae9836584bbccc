import type { Identities } from "../encap/identity.ts";
import type { Family } from "../topology/topology.ts";
import type { DataplaneFacts } from "./dataplane.ts";
import type { LinkFact, NodeFacts, RouteFact, RuleFact } from "./node-facts.ts";
import { ruleWords } from "./rule-words.ts";

/** What one dataplane programmed, with the addresses that it gave out: two dataplanes choose different ones. */
export interface ComparedFacts {
  readonly facts: DataplaneFacts;
  readonly identities: Identities;
}

/** One thing that two dataplanes programmed differently on a node; `a` or `b` is missing where that one has nothing. */
export interface Difference {
  readonly node: string;
  readonly what: "route" | "rule" | "device" | "fdb" | "neighbor";
  /** "block of b1", "vxlan.calico", "VTEP of b1": in words, because addresses differ. */
  readonly subject: string;
  readonly a?: string;
  readonly b?: string;
}

/**
 * Lists what two dataplanes programmed differently for the same plan and mode. Blocks, pods and tunnels are compared by
 * whose they are and not by their addresses. Only what stays is compared: no neighbors that traffic made. `ignoredDevices`
 * are no dataplane's business, such as the wire to a datastore.
 */
export function compareFacts(
  a: ComparedFacts,
  b: ComparedFacts,
  ignoredDevices: readonly string[] = [],
): readonly Difference[] {
  const ignored = new Set(["lo", ...ignoredDevices]);
  return a.facts.nodes.flatMap((left) => {
    const right = b.facts.nodes.find(({ node }) => node === left.node);
    if (right === undefined) throw new RangeError(`the second dataplane has no node ${left.node}`);
    return [
      ...compare(left.node, "route", routesOf(left, a.identities, ignored), routesOf(right, b.identities, ignored)),
      ...(left.rules === undefined || right.rules === undefined
        ? []
        : compare(left.node, "rule", rulesOf(left.rules, a.identities), rulesOf(right.rules, b.identities))),
      ...compare(left.node, "device", linksOf(left, a.identities, ignored), linksOf(right, b.identities, ignored)),
      ...compare(left.node, "fdb", fdbOf(left, a.identities), fdbOf(right, b.identities)),
      ...compare(left.node, "neighbor", neighborsOf(left, a.identities), neighborsOf(right, b.identities)),
    ];
  });
}

type Described = ReadonlyMap<string, string>;

function compare(node: string, what: Difference["what"], a: Described, b: Described): readonly Difference[] {
  const subjects = [...new Set([...a.keys(), ...b.keys()])];
  return subjects.flatMap((subject) => {
    const [left, right] = [a.get(subject), b.get(subject)];
    if (left === right) return [];
    const sides = { ...(left === undefined ? {} : { a: left }), ...(right === undefined ? {} : { b: right }) };
    return [{ node, what, subject, ...sides }];
  });
}

function routesOf({ routes }: NodeFacts, identities: Identities, ignored: ReadonlySet<string>): Described {
  const name = namer(identities);
  const kept = routes.filter(
    ({ device, destination }) => !ignored.has(device ?? "") && !destination.startsWith("fe80:"),
  );
  return described(kept.map((route) => [`IPv${route.family} ${name(route.destination)}`, routeText(route, name)]));
}

function routeText({ type, via, device, protocol, onlink, source, mtu }: RouteFact, name: Namer): string {
  return [
    ...(type === "unicast" ? [] : [type]),
    ...(via === undefined ? [] : [`via ${name(via)}`]),
    ...(device === undefined ? [] : [`dev ${device}`]),
    `proto ${protocol}`,
    ...(onlink ? ["onlink"] : []),
    ...(source === undefined ? [] : [`src ${name(source)}`]),
    ...(mtu === undefined ? [] : [`mtu ${mtu}`]),
  ].join(" ");
}

/** By priority, what each rule asks for and which table it leads to. */
function rulesOf(rules: readonly RuleFact[], identities: Identities): Described {
  const name = namer(identities);
  return described(rules.map((rule) => [`IPv${rule.family} rule ${rule.priority}`, ruleWords(rule, name)]));
}

function linksOf({ links }: NodeFacts, identities: Identities, ignored: ReadonlySet<string>): Described {
  const name = namer(identities);
  return described(
    links.filter(({ device }) => !ignored.has(device)).map((link) => [link.device, linkText(link, name)]),
  );
}

function linkText({ kind, mtu, up, mac, addresses, vxlan }: LinkFact, name: Namer): string {
  const own = addresses.map((address) => (address.startsWith("fe80:") ? "fe80::/64" : name(address))).toSorted();
  const details =
    vxlan === undefined
      ? []
      : [`vni ${vxlan.vni} port ${vxlan.port} local ${vxlan.local} ${vxlan.learning ? "learning" : "nolearning"}`];
  return [kind, `mtu ${mtu}`, up ? "up" : "down", mac, own.join(",") || "no address", ...details].join(" ");
}

function fdbOf({ fdb }: NodeFacts, identities: Identities): Described {
  const name = namer(identities);
  return described(fdb.map(({ mac, destination, device }) => [`${name(destination)} on ${device}`, mac]));
}

function neighborsOf({ neighbors }: NodeFacts, identities: Identities): Described {
  const name = namer(identities);
  const kept = neighbors.filter(({ state }) => state.includes("PERMANENT"));
  // A pod's own MAC is drawn by lot.
  const text = (device: string, mac: string): string => (device.startsWith("cali") ? "permanent" : mac);
  return described(kept.map(({ address, mac, device }) => [`${name(address)} on ${device}`, text(device, mac)]));
}

/** Several entries about one subject count as one, all of them. */
function described(entries: readonly (readonly [subject: string, text: string])[]): Described {
  const subjects = new Map<string, string[]>();
  for (const [subject, text] of entries) subjects.set(subject, [...(subjects.get(subject) ?? []), text]);
  return new Map([...subjects].map(([subject, texts]) => [subject, texts.toSorted().join(" and ")]));
}

/** Puts whose an address is in the place of the address, with or without its prefix. */
type Namer = (address: string) => string;

function namer({ nodes, pods }: Identities): Namer {
  const families: readonly Family[] = [4, 6];
  const named = new Map<string, string>();
  for (const family of families) {
    for (const { name, blocks } of nodes) {
      for (const block of blocks[family] ?? []) named.set(block, `block of ${name}`);
    }
    for (const { name, tunnelAddresses } of nodes) {
      const own = Object.values(tunnelAddresses).filter((address) => address.includes(":") === (family === 6));
      for (const address of own) put(named, address, family, `tunnel of ${name}`);
    }
    for (const { name, addresses } of pods) put(named, addresses[family], family, `pod ${name}`);
  }
  return (address) => named.get(address) ?? address;
}

function put(named: Map<string, string>, address: string | undefined, family: Family, name: string): void {
  if (address === undefined) return;
  named.set(address, name);
  named.set(`${address}/${family === 4 ? 32 : 128}`, name);
}

import type { NodeFacts, RouteFact } from "../dataplane/node-facts.ts";
import type { Identities } from "../encap/identity.ts";
import { exitPorts } from "../encap/underlay-way.ts";
import { destinationOf } from "../topology/destination.ts";
import { balancedEntry } from "../topology/load-balancers.ts";
import type { NextHop, Plan, PlannedNode, PlannedRouter, Port } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";
import { isSameAddress } from "../topology/same-address.ts";
import { deafnessOf } from "./deaf-device.ts";
import { addressTroubles } from "./judge-owners.ts";
import { ruleInWords } from "./judge-rules.ts";
import { longestMatch, type RouteLookup } from "./longest-match.ts";
import { routeInWords } from "./route-words.ts";
import type { Trouble } from "./trouble.ts";

interface Judged {
  readonly plan: Plan;
  readonly identities: Identities;
  readonly router: PlannedRouter;
  readonly facts: NodeFacts;
  /** Pods' own packets pass it, not only outer headers. */
  readonly carriesPods: boolean;
}

/** What of a router's kernel keeps packets between nodes from passing as the plan has it. No check asks this: the wire decides. */
export function routerTroubles(judged: Judged): readonly Trouble[] {
  const { plan, facts } = judged;
  const unread = new Set(facts.unreadable?.map(({ what }) => what));
  return [
    ...(unread.has("settings") ? [] : settingTroubles(judged)),
    ...(unread.has("devices") ? [] : judged.router.ports.flatMap((port) => portTroubles(port, facts))),
    ...(unread.has("routes") ? [] : plan.families.flatMap((family) => wayTroubles(judged, family))),
    ...(unread.has("rules") ? [] : ruleTroubles(judged)),
    ...(unread.has("devices") ? [] : addressTroubles(plan, judged.identities, facts)),
  ];
}

function settingTroubles({ plan, router, facts: { settings = {} } }: Judged): readonly Trouble[] {
  const must = (name: string): readonly Trouble[] => {
    const value = settings[name];
    if (value === undefined || value === "1") return [];
    return [{ kind: "setting", what: name, text: `${name} is ${value}, not 1: the router does not forward packets` }];
  };
  const whole = plan.families.flatMap((family) => must(family === 4 ? "ipv4.ip_forward" : "ipv6.conf.all.forwarding"));
  if (whole.length > 0) return whole;
  return plan.families.flatMap((family) =>
    router.ports.flatMap(({ device }) => must(`ipv${family}.conf.${device}.forwarding`)),
  );
}

function portTroubles({ device, mtu, addresses }: Port, { links }: NodeFacts): readonly Trouble[] {
  const link = links.find((candidate) => candidate.device === device);
  if (link === undefined) return [{ kind: "device", what: "presence", text: `no device ${device}` }];
  const trouble = (what: string, text: string): Trouble => ({ kind: "device", what, text });
  const there = new Set(link.addresses.map(destinationOf));
  const missing = Object.values(addresses).filter((address) => !there.has(destinationOf(address)));
  return [
    ...(link.up ? [] : [trouble("state", `${device} is down`)]),
    ...deafnessOf(link).map(({ what, text }) => trouble(what, text)),
    ...(link.mtu === mtu ? [] : [trouble("MTU", `${device} has MTU ${link.mtu}, not ${mtu}`)]),
    ...missing.map((address) =>
      trouble("address", `${device} has ${link.addresses.join(" and ") || "no address"}, not ${address}`),
    ),
  ];
}

/** A destination that packets through the router have, and how they must leave it. */
interface Way {
  readonly address: string;
  readonly what: string;
  readonly node: PlannedNode;
  readonly device: string;
  /** Next hops that are right; a route without one is right too where the list is empty. */
  readonly vias: readonly string[];
  /** All next hops that must share the packets; missing = there is one. */
  readonly shared?: readonly NextHop[];
}

function wayTroubles(judged: Judged, family: Family): readonly Trouble[] {
  const lookup = longestMatch(judged.facts.routes, family);
  const found = waysThrough(judged, family).flatMap((way) => {
    const room = judged.facts.links.find(({ device }) => device === way.device)?.mtu ?? 0;
    return troubleOfWay(way, lookup, room);
  });
  // A block's route is wrong for all of its pods: once is enough.
  return [
    ...new Map(
      found.map((trouble) => [`${trouble.peer ?? ""} ${trouble.text.replace(/.* takes? /, "")}`, trouble]),
    ).values(),
  ];
}

function waysThrough({ plan, identities, router, carriesPods }: Judged, family: Family): readonly Way[] {
  return plan.nodes.flatMap((node) => {
    const [exit, ...also] = exitPorts(router, family, node);
    const identity = identities.nodes.find(({ name }) => name === node.name);
    const address = identity?.addresses[family];
    if (exit === undefined || address === undefined) return [];
    const hops = [exit, ...also].map(({ port, via = "" }) => ({ via, device: port.device }));
    const base = { node, device: exit.port.device, ...(also.length === 0 ? {} : { shared: hops }) };
    const toNode = {
      ...base,
      address,
      what: `${node.name}'s address ${address}`,
      vias: exit.via === undefined ? [] : [exit.via],
    };
    const pods = carriesPods ? identities.pods.filter((pod) => pod.node === node.name) : [];
    const toPods = pods.flatMap(({ name, addresses }) => {
      const own = addresses[family];
      return own === undefined
        ? []
        : [{ ...base, address: own, what: `pod ${name} (${own})`, vias: [exit.via ?? address] }];
    });
    const toBalancers = balancedAt(plan, identities, node.name, family).map((own) => ({
      ...base,
      address: own.address,
      what: `load balancer address ${own.address} of ${own.service}`,
      vias: [exit.via ?? address],
    }));
    return [toNode, ...toPods, ...toBalancers];
  });
}

/** Load balancer addresses that are led to a node: with externalTrafficPolicy Local those whose backend is there, with Cluster all or none. */
function balancedAt(
  { topology }: Plan,
  { services, pods }: Identities,
  node: string,
  family: Family,
): readonly { readonly address: string; readonly service: string }[] {
  return services.flatMap(({ name, backend, balanced }) => {
    const isBackend = pods.some((pod) => pod.name === backend && pod.node === node);
    const own = [
      ...(node === balancedEntry(topology) ? [balanced?.masqueraded[family]] : []),
      ...(isBackend ? [balanced?.local[family]] : []),
    ];
    return own.flatMap((address) => (address === undefined ? [] : [{ address, service: name }]));
  });
}

function troubleOfWay(
  { address, what, node, device, vias, shared }: Way,
  lookup: RouteLookup,
  room: number,
): readonly Trouble[] {
  const want =
    shared?.map((hop) => `nexthop via ${hop.via} dev ${hop.device}`).join(" ") ??
    `${vias.map((via) => `via ${via} `).join("")}dev ${device}`;
  const peer = node.name;
  const route = lookup(address);
  if (route === undefined) return [{ kind: "wrong way", peer, text: `no route to ${what} (it must go ${want})` }];
  const alone = route.hops === undefined && route.device === device && goesBy(route, address, vias);
  const right = route.type === "unicast" && (shared === undefined ? alone : sharesAmong(route, shared));
  if (!right)
    return [{ kind: "wrong way", peer, route, text: `what is for ${what} takes ${routeInWords(route)}, not ${want}` }];
  if (route.mtu === undefined || route.mtu >= room) return [];
  const narrow = `what is for ${what} takes ${routeInWords(route)}, which lets only ${route.mtu} bytes through where ${device} carries ${room}`;
  return [{ kind: "wrong way", peer, route, text: narrow }];
}

/** Whether exactly these next hops share what a route leads to, each as much as the others. */
function sharesAmong({ hops = [] }: RouteFact, shared: readonly NextHop[]): boolean {
  const weights = new Set(hops.map(({ weight }) => weight));
  const has = ({ via, device }: NextHop): boolean =>
    hops.some((hop) => hop.device === device && hop.via !== undefined && isSameAddress(hop.via, via));
  return hops.length === shared.length && weights.size === 1 && shared.every(has);
}

function goesBy({ via }: RouteFact, address: string, vias: readonly string[]): boolean {
  if (via === undefined) return vias.length === 0;
  return isSameAddress(via, address) || vias.some((right) => isSameAddress(right, via));
}

/** Rules before the main table that end packets, or whose table sends a node's packets another way. */
function ruleTroubles({ plan, identities, router, facts }: Judged): readonly Trouble[] {
  const { rules = [], otherTables = [] } = facts;
  return rules.flatMap((rule): readonly Trouble[] => {
    if (rule.priority >= mainPriority || rule.table === "local" || rule.table === "main") return [];
    const trouble = (what: string): readonly Trouble[] => [
      { kind: "rule", rule, text: `${ruleInWords(rule)} (${what}) is evaluated before main` },
    ];
    if (rule.table === undefined) return rule.action?.startsWith("goto") === true ? [] : trouble("ends packets");
    const lookup = longestMatch(
      otherTables.filter(({ table }) => table === rule.table),
      rule.family,
    );
    const all = waysThrough({ plan, identities, router, facts, carriesPods: true }, rule.family);
    const other = all.flatMap(({ address, device, vias }) => {
      const route = lookup(address, rule.suppressed);
      const same = route?.type === "unicast" && route.device === device && goesBy(route, address, vias);
      return route === undefined || same ? [] : [route];
    });
    return other.slice(0, 1).flatMap((route) => trouble(routeInWords(route)));
  });
}

/** Priority of the rule that leads to the main table, where nobody moved it (ip-rule(8)). */
const mainPriority = 32766;

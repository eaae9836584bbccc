import { contains, prefixLength, withoutPrefix } from "../topology/address.ts";
import type { Plan, PlannedNode, PlannedRouter, Port, Route } from "../topology/plan.ts";
import type { Family, Pass } from "../topology/topology.ts";
import type { ExpectedDeath, Form } from "./expectation.ts";

/** One router on the way, with the ports by which a packet comes in and goes out. */
interface RouterStep {
  readonly router: string;
  readonly in: string;
  /** Missing where the packet ends in this router. */
  readonly out?: string;
}

/** The way of a packet through the underlay, by the plan's own routes. */
export interface Way {
  /** Whether the packet leaves the source node at all: its next hop must answer ARP or ND first. */
  readonly leaves: boolean;
  readonly routers: readonly RouterStep[];
  /** Ways of equal cost after that many of the routers, one of which each flow takes; missing = there is one way. */
  readonly equal?: { readonly after: number; readonly ways: readonly (readonly RouterStep[])[] };
  readonly dies?: ExpectedDeath;
}

/** How the sending node finds its next hop. */
export interface Departure {
  /** Treats the target as a neighbor whatever the interface says: a route with `onlink`, as Felix makes them. */
  readonly onlink: boolean;
  /** Why the routers do not pass the packet on ("no route to 198.19.0.128/26 (fabric: none)"); missing where they do. */
  readonly unroutable?: string;
  /** What firewalls on the way go by; default plain. */
  readonly form?: Form;
}

/** Longer ways than this are loops; topologies of racks have two or three routers between nodes. */
const mostRouters = 16;

/** Follows a packet from one node to another: next hop, proxy ARP, router by router, to the target or to its end. */
export function underlayWay(plan: Plan, family: Family, from: PlannedNode, to: PlannedNode, departure: Departure): Way {
  const address = addressOf(to.uplink, family);
  const hop = nextHop(from, family, address, departure.onlink);
  if (hop === undefined) return stuck(from, `it has no route to ${address}`);
  const direct = hop === address;
  if (direct && from.uplink.segment === to.uplink.segment) return { leaves: true, routers: [] };
  const entry = direct
    ? proxyFor(plan, from.uplink.segment, to, family)
    : routerWith(plan, from.uplink.segment, hop, family);
  if (entry === undefined) return stuck(from, `no host on ${from.uplink.segment} answers for ${hop}`);
  return { leaves: true, ...throughRouters(plan, family, entry, to, departure) };
}

/** The address a node sends to in order to reach a target: the target itself, or the gateway toward it. */
export function nextHop(from: PlannedNode, family: Family, target: string, onlink: boolean): string | undefined {
  const own = from.uplink.addresses[family];
  if (onlink || (own !== undefined && contains(own, target))) return target;
  return bestRoute(from.routes, family, target)?.via;
}

function throughRouters(
  plan: Plan,
  family: Family,
  first: Entry,
  to: PlannedNode,
  departure: Departure,
): Omit<Way, "leaves"> {
  const [way = { routers: [] }, ...others] = waysFrom(plan, family, first, to, departure, []);
  return others.length === 0 ? way : joined([way, ...others]);
}

/** Every way from a router on: several where routers share packets among next hops. */
function waysFrom(
  plan: Plan,
  family: Family,
  here: Entry,
  to: PlannedNode,
  departure: Departure,
  before: readonly RouterStep[],
): readonly Omit<Way, "leaves">[] {
  const { unroutable, form = "plain" } = departure;
  const end = (because: string) => [
    {
      routers: [...before, { router: here.router.name, in: here.port.device }],
      dies: { node: here.router.name, because: `${here.router.name} ${because}` },
    },
  ];
  if (unroutable !== undefined) return end(unroutable);
  if (!letsPass(here.router, form)) return end(`passes on ${here.router.allow?.join(", ") ?? ""} alone`);
  const exits = exitPorts(here.router, family, to);
  if (exits.length === 0) return end(`has no route to ${addressOf(to.uplink, family)}`);
  return exits.flatMap(({ port, via }): readonly Omit<Way, "leaves">[] => {
    const routers = [...before, { router: here.router.name, in: here.port.device, out: port.device }];
    if (via === undefined) return [{ routers }];
    const next = routerWith(plan, port.segment, via, family);
    if (next !== undefined && routers.length < mostRouters) return waysFrom(plan, family, next, to, departure, routers);
    const last = here.router.name;
    return [{ routers, dies: { node: last, because: `the routes after ${last} lead nowhere` } }];
  });
}

/** Several ways as one: what they have in common before and behind, and what differs between. */
function joined(ways: readonly Omit<Way, "leaves">[]): Omit<Way, "leaves"> {
  const [{ routers, dies } = { routers: [] }] = ways;
  const isSame = (a: RouterStep | undefined, b: RouterStep | undefined): boolean =>
    a !== undefined && a.router === b?.router && a.in === b.in && a.out === b.out;
  const agree = (at: (steps: readonly RouterStep[]) => RouterStep | undefined): boolean =>
    ways.every((other) => isSame(at(other.routers), at(routers)));
  let after = 0;
  while (agree((steps) => steps[after])) after++;
  const shortest = Math.min(...ways.map((other) => other.routers.length));
  let behind = 0;
  while (after + behind < shortest && agree((steps) => steps[steps.length - 1 - behind])) behind++;
  return {
    routers: [...routers.slice(0, after), ...routers.slice(routers.length - behind)],
    equal: { after, ways: ways.map((other) => other.routers.slice(after, other.routers.length - behind)) },
    ...(dies === undefined ? {} : { dies }),
  };
}

/** What stands for a form in a firewall's list; nothing does for plain packets. */
const passOf: Readonly<Partial<Record<Form, Pass>>> = {
  vxlan: "udp/4789",
  ipip: "ip/4",
  wireguard: "udp/51820",
};

/** Whether a router passes on packets between nodes in a form. */
export function letsPass({ allow }: Pick<PlannedRouter, "allow">, form: Form): boolean {
  const pass = passOf[form];
  return allow === undefined || (pass !== undefined && allow.includes(pass));
}

interface Entry {
  readonly router: PlannedRouter;
  readonly port: Port;
}

/** A router's ports toward a node: that on its segment, or one for each next router that shares the packets (`via`). */
export function exitPorts(
  router: PlannedRouter,
  family: Family,
  to: PlannedNode,
): readonly { readonly port: Port; readonly via?: string }[] {
  const connected = router.ports.find((port) => port.segment === to.uplink.segment);
  if (connected !== undefined) return [{ port: connected }];
  const route = bestRoute(router.routes, family, addressOf(to.uplink, family));
  const hops = route === undefined ? [] : [route, ...(route.also ?? [])];
  return hops.flatMap(({ via, device }) => {
    const port = router.ports.find((candidate) => candidate.device === device);
    return port === undefined ? [] : [{ port, via }];
  });
}

/** The router that answers ARP or ND for a node on another segment (proxy_arp: it must have a way there itself). */
function proxyFor(plan: Plan, segment: string, to: PlannedNode, family: Family): Entry | undefined {
  return entries(plan, segment).find(({ router, port }) => {
    const [exit] = exitPorts(router, family, to);
    return router.proxyArp && exit !== undefined && exit.port !== port;
  });
}

function routerWith(plan: Plan, segment: string, address: string, family: Family): Entry | undefined {
  return entries(plan, segment).find(({ port }) => {
    const own = [port.addresses[family], port.holds?.[family]];
    return own.some((cidr) => cidr !== undefined && withoutPrefix(cidr) === address);
  });
}

function entries(plan: Plan, segment: string): readonly Entry[] {
  return plan.routers.flatMap((router) =>
    router.ports.filter((port) => port.segment === segment).map((port) => ({ router, port })),
  );
}

function bestRoute(routes: readonly Route[], family: Family, target: string): Route | undefined {
  const length = (route: Route): number => (route.destination === "default" ? -1 : prefixLength(route.destination));
  return routes
    .filter((route) => route.family === family)
    .filter(({ destination }) => destination === "default" || contains(destination, target))
    .reduce<Route | undefined>((best, route) => (best && length(best) >= length(route) ? best : route), undefined);
}

function addressOf(port: Port, family: Family): string {
  return withoutPrefix(port.addresses[family] ?? "");
}

function stuck(node: PlannedNode, because: string): Way {
  return { leaves: false, routers: [], dies: { node: node.name, because: `${node.name}: ${because}` } };
}

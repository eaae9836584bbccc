import { withoutPrefix } from "../../topology/address.ts";
import { asOfRack, asOfRouter } from "../../topology/autonomous-system.ts";
import { balancedRoutes } from "../../topology/load-balancers.ts";
import type { Plan, PlannedNode, PlannedRouter, Port } from "../../topology/plan.ts";
import type { Family, PerFamily } from "../../topology/topology.ts";

/** One BGP session as its two ends configure it. */
export interface Session {
  /** Name of the protocol in BIRD: `a1_4`. */
  readonly name: string;
  readonly peer: string;
  readonly family: Family;
  readonly local: string;
  readonly neighbor: string;
  /** Autonomous systems of both: equal where the session is within one (iBGP). */
  readonly localAs: number;
  readonly neighborAs: number;
}

/** A router's sessions: with every node of its own subnets, and with every router that it shares one with. */
export function routerSessions(plan: Plan, router: PlannedRouter): readonly Session[] {
  const own = asOfRouter(plan, router);
  return plan.families.flatMap((family) =>
    router.ports.flatMap((port) => [
      ...plan.nodes
        .filter(({ uplink }) => uplink.segment === port.segment)
        .flatMap(({ name, uplink }) =>
          sessionOf(name, family, port, uplink, [own, asOfRack(plan.topology, uplink.segment)]),
        ),
      ...plan.routers
        .filter((other) => other !== router)
        .flatMap((other) =>
          other.ports
            .filter((theirs) => theirs.segment === port.segment)
            .flatMap((theirs) =>
              sessionOf(other.name, family, port, theirs, [own, asOfRouter(plan, other)], port.device),
            ),
        ),
    ]),
  );
}

/** A node's sessions: with every router of its subnet. */
export function nodeSessions(plan: Plan, node: PlannedNode): readonly Session[] {
  const own = asOfRack(plan.topology, node.uplink.segment);
  return plan.families.flatMap((family) =>
    plan.routers.flatMap((router) =>
      router.ports
        .filter((port) => port.segment === node.uplink.segment)
        .flatMap((port) => sessionOf(router.name, family, node.uplink, port, [own, asOfRouter(plan, router)])),
    ),
  );
}

/**
 * Configuration of BIRD 2 on a router: reflects what any peer of its own autonomous system tells (RFC 4456), so that next hops stay the
 * nodes themselves (RFC 4271 5.1.3), passes on to others' what it knows, and puts it into the kernel. It reads the kernel's own
 * routes to resolve next hops, which for other racks lie behind the next router.
 */
export function renderRouterBird(plan: Plan, router: PlannedRouter): string {
  return [
    ...preamble(plan, router.name, router.ports),
    ...plan.families.flatMap((family) => [
      `protocol kernel kernel${family} {`,
      "  learn;",
      `  ipv${family} { import all; export where source = RTS_BGP; };`,
      "}",
    ]),
    ...routerSessions(plan, router).flatMap((session) =>
      renderSession(session, [
        // Whoever comes first connects; between node and router that is the node.
        ...(session.localAs === session.neighborAs ? ["  rr client;"] : []),
        `  ipv${session.family} { import all; export where source = RTS_BGP; };`,
      ]),
    ),
    "",
  ].join("\n");
}

/** Configuration of BIRD 2 on a reference node: tells its own blocks and load balancer addresses, and takes nothing, for its routes are made otherwise. */
export function renderNodeBird(plan: Plan, node: PlannedNode, blocks: PerFamily<readonly string[]>): string {
  return [
    ...preamble(plan, node.name, [node.uplink]),
    ...plan.families.flatMap((family) => [
      `protocol static blocks${family} {`,
      `  ipv${family};`,
      ...[...(blocks[family] ?? []), ...balancedAt(plan, node, family)].map((route) => `  route ${route} blackhole;`),
      "}",
    ]),
    ...nodeSessions(plan, node).flatMap((session) =>
      renderSession(session, [`  ipv${session.family} { import none; export where source = RTS_STATIC; };`]),
    ),
    "",
  ].join("\n");
}

/** What a node tells of load balancer addresses: as Calico does, all of them the whole network, and the backend's node a Service's own (Local). */
function balancedAt({ topology, allocation }: Plan, { name }: PlannedNode, family: Family): readonly string[] {
  const network = topology.loadBalancers?.[family];
  const routes = balancedRoutes(topology, allocation, family);
  return routes
    .filter(({ destination, node }) => destination === network || node === name)
    .map(({ destination }) => destination);
}

/** Two routers may share several subnets: the port then tells their sessions apart. */
function sessionOf(
  peer: string,
  family: Family,
  own: Port,
  theirs: Port,
  [localAs, neighborAs]: readonly [own: number, theirs: number],
  port?: string,
): readonly Session[] {
  const local = own.addresses[family];
  const neighbor = theirs.addresses[family];
  if (local === undefined || neighbor === undefined) return [];
  const name = [peer, ...(port === undefined ? [] : [port]), family].join("_").replaceAll("-", "_");
  const ends = { local: withoutPrefix(local), neighbor: withoutPrefix(neighbor), localAs, neighborAs };
  return [{ name, peer, family, ...ends }];
}

/** A router id must be unique and look like an IPv4 address; where there is none, its place in the plan gives one. */
function preamble(plan: Plan, name: string, ports: readonly Port[]): readonly string[] {
  const own = ports.map((port) => port.addresses[4]).find((address) => address !== undefined);
  const number = [...plan.routers, ...plan.nodes].findIndex((member) => member.name === name) + 1;
  const id = own === undefined ? `0.0.${number >> 8}.${number & 255}` : withoutPrefix(own);
  const direct = ports.map(({ device }) => `"${device}"`).join(", ");
  return [
    `router id ${id};`,
    "log stderr all;",
    "protocol device { scan time 2; }",
    `protocol direct { ${plan.families.map((family) => `ipv${family};`).join(" ")} interface ${direct}; }`,
  ];
}

/** Short waits: the defaults (5 s before the first attempt, 120 s before the next) are made for the Internet. */
function renderSession(
  { name, local, neighbor, localAs, neighborAs }: Session,
  channel: readonly string[],
): readonly string[] {
  return [
    `protocol bgp ${name} {`,
    `  local ${local} as ${localAs};`,
    `  neighbor ${neighbor} as ${neighborAs};`,
    "  connect delay time 1; connect retry time 1; error wait time 1, 2;",
    ...channel,
    "}",
  ];
}

import type { Plan, PlannedRouter } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";
import type { Identities } from "./identity.ts";

/** How a dataplane's nodes speak BGP with each other, beside what the fabric asks of them. */
export interface BgpDesign {
  /** Every node with every other, which is Calico's default; or with the topology's reflectors alone; or with the routers alone. */
  readonly nodes: "mesh" | "reflectors" | "routers";
}

/** One session that must be there, as one of its ends must see it. */
export interface ExpectedSession {
  readonly peer: string;
  readonly family: Family;
  /** Blocks that must have come over it. */
  readonly learned: readonly string[];
  /** Blocks that must have been told over it; missing where the other end is asked what it learned. */
  readonly advertised?: readonly string[];
}

/** All sessions of a router or node that must speak BGP. */
export interface ExpectedSpeaker {
  readonly at: string;
  readonly sessions: readonly ExpectedSession[];
}

/**
 * Who must speak BGP with whom: with `fabric: bgp` every router with the nodes of its racks and with its neighbor routers, reflecting
 * what it learns; nodes with each other as the dataplane is designed. [] where nothing speaks BGP.
 */
export function expectBgp(plan: Plan, identities: Identities, design?: BgpDesign): readonly ExpectedSpeaker[] {
  const routers = plan.topology.fabric === "bgp" ? plan.routers : [];
  const speakers = [
    ...routers.map(({ name: at }) => ({
      at,
      sessions: plan.families.flatMap((each) => routerSide(plan, identities, at, each)),
    })),
    ...(design === undefined
      ? []
      : plan.nodes.map(({ name: at }) => ({
          at,
          sessions: plan.families.flatMap((each) => nodeSide(plan, routers, identities, design, at, each)),
        }))),
  ];
  return speakers.filter(({ sessions }) => sessions.length > 0);
}

function routerSide(plan: Plan, identities: Identities, at: string, family: Family): readonly ExpectedSession[] {
  const own = segmentsOf(plan, at);
  const near = plan.nodes.filter(({ uplink }) => own.has(uplink.segment)).map(({ name }) => name);
  const far = plan.nodes.filter(({ name }) => !near.includes(name));
  const neighbors = plan.routers.filter(({ name }) => name !== at && shares(plan, name, own));
  return [
    ...near.map((peer) => ({
      peer,
      family,
      learned: blocksOf(identities, [peer], family),
      advertised: blocksOf(identities, othersThan(identities, peer), family),
    })),
    ...neighbors.map(({ name: peer }) => {
      const theirs = segmentsOf(plan, peer);
      const behind = far.filter(({ uplink }) => theirs.has(uplink.segment)).map(({ name }) => name);
      return { peer, family, learned: blocksOf(identities, behind, family) };
    }),
  ];
}

function nodeSide(
  plan: Plan,
  routers: readonly PlannedRouter[],
  identities: Identities,
  design: BgpDesign,
  at: string,
  family: Family,
): readonly ExpectedSession[] {
  const others = othersThan(identities, at);
  const segment = plan.nodes.find(({ name }) => name === at)?.uplink.segment ?? "";
  return [
    ...nodePeers(plan, design, at, others).map(({ peer, brings }) => ({
      peer,
      family,
      learned: blocksOf(identities, brings, family),
    })),
    ...routers
      .filter(({ name }) => segmentsOf(plan, name).has(segment))
      .map(({ name: peer }) => ({ peer, family, learned: blocksOf(identities, others, family) })),
  ];
}

/**
 * The nodes that a node has sessions with, and whose blocks each of them brings. Over a reflector its clients learn of all others, but
 * reflectors of one cluster pass nothing on to each other (RFC 4456, 8).
 */
function nodePeers(
  { topology }: Plan,
  design: BgpDesign,
  at: string,
  others: readonly string[],
): readonly { readonly peer: string; readonly brings: readonly string[] }[] {
  const { reflectors = [] } = topology;
  if (design.nodes === "routers") return [];
  if (design.nodes === "mesh" || reflectors.includes(at)) return others.map((peer) => ({ peer, brings: [peer] }));
  return others.filter((name) => reflectors.includes(name)).map((peer) => ({ peer, brings: others }));
}

function segmentsOf(plan: Plan, router: string): ReadonlySet<string> {
  const ports = plan.routers.find(({ name }) => name === router)?.ports ?? [];
  return new Set(ports.map(({ segment }) => segment));
}

function shares(plan: Plan, router: string, segments: ReadonlySet<string>): boolean {
  return [...segmentsOf(plan, router)].some((segment) => segments.has(segment));
}

function othersThan({ nodes }: Identities, node: string): readonly string[] {
  return nodes.map(({ name }) => name).filter((name) => name !== node);
}

function blocksOf({ nodes }: Identities, names: readonly string[], family: Family): readonly string[] {
  return nodes.filter(({ name }) => names.includes(name)).flatMap(({ blocks }) => blocks[family] ?? []);
}

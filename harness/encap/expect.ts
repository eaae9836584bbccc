import type { Plan } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";
import { hostsOf } from "../topology/hosts-of.ts";
import { expectDirection } from "./expect-direction.ts";
import type { ExpectedDirection, PathExpectation, TapId } from "./expectation.ts";
import { expectRequest } from "./expect-request.ts";
import { forwardFlow, reverseFlow } from "./flow.ts";
import type { Identities } from "./identity.ts";
import type { Mode } from "./mode.ts";
import { secondLegOf } from "./nodeport-paths.ts";
import { partiesOf } from "./parties.ts";
import type { Path } from "./path.ts";
import { isSameTap, underlayTaps } from "./taps.ts";
import { overheadOf, podMtu } from "./tunnel.ts";
import { wireguardOverhead } from "./wireguard.ts";

/**
 * Everything that must be true of one path. Identities say who has which address; forms, ways and ends follow from plan
 * and mode alone, where pools say something for themselves from the pool that an address is of.
 */
export function expectPath(plan: Plan, mode: Mode, identities: Identities, path: Path): PathExpectation {
  if (mode.encapsulation === "ipip" && path.family === 6) {
    return skipped(plan, mode, path, "Calico has no IPIP for IPv6: its tunnel carries IPv4 only");
  }
  const { forward, reverse, serverSees, dials } = waysOf(plan, mode, identities, path);
  const skip = path.nodePort === undefined ? undefined : deadEnd(plan, mode, identities, path);
  if (skip !== undefined) return skipped(plan, mode, path, skip);
  return {
    path,
    forward,
    ...(reverse === undefined ? {} : { reverse }),
    serverSees,
    dials,
    overhead: addedTo(forward, path.family),
    podMtu: podMtu(plan, mode),
    ...sizesOf(forward, addedTo(forward, path.family), podMtu(plan, mode)),
    mtus: mtusOf(plan, mode, path, forward),
    silent: silentTaps(plan, identities, [forward, ...(reverse === undefined ? [] : [reverse])]),
  };
}

type Ways = Pick<PathExpectation, "forward" | "reverse" | "serverSees" | "dials">;

function waysOf(plan: Plan, mode: Mode, identities: Identities, path: Path): Ways {
  if (path.nodePort !== undefined) return expectRequest(plan, mode, identities, path);
  const parties = partiesOf(identities, path);
  const there = forwardFlow(mode, path, parties);
  const forward = expectDirection(plan, mode, path, parties, "forward", there);
  const back = expectDirection(plan, mode, path, parties, "reverse", reverseFlow(mode, path, parties, there));
  const reverse = forward.dies === undefined ? { reverse: back } : {};
  return { forward, ...reverse, serverSees: there.sources, dials: parties.dials };
}

/** Why no answer can come to a request from outside: behind the node that is dialed it ends. */
function deadEnd(plan: Plan, mode: Mode, identities: Identities, path: Path): string | undefined {
  const leg = secondLegOf(path);
  if (leg === undefined) return undefined;
  const { forward, reverse } = waysOf(plan, mode, identities, leg);
  return (forward.dies ?? reverse?.dies)?.because;
}

/**
 * What becomes of a full packet where a link on the way carries less than the nodes' own. An IPIP tunnel copies DF to the outer
 * header (RFC 2003 3.1; tunl0 of Linux), and IPv6 knows no fragments on the way, so that packets must be smaller. VXLAN's outer IPv4
 * header has no DF (Linux: `df unset`), nor has WireGuard's (drivers/net/wireguard/socket.c), so that the router before the narrow link cuts it and the target's node puts it together.
 */
function sizesOf(
  { narrow, outer, hops }: ExpectedDirection,
  overhead: number,
  full: number,
): Pick<PathExpectation, "pathMtu" | "fragments"> {
  if (narrow === undefined || full + overhead <= narrow.mtu) return {};
  const isCut = (outer?.vxlan !== undefined || outer?.wireguard !== undefined) && !outer.source.includes(":");
  if (!isCut) return { pathMtu: narrow.mtu - overhead };
  const start = hops.findIndex(({ tap }) => isSameTap(tap, narrow.from));
  return {
    fragments: hops
      .slice(start)
      .filter(({ role }) => !role.endsWith("-pod"))
      .map(({ tap }) => tap),
  };
}

/** Bytes that the form between the nodes adds to a packet. */
function addedTo({ underlay }: ExpectedDirection, family: Family): number {
  if (underlay === "wireguard") return wireguardOverhead(family);
  return underlay === "ipip" || underlay === "vxlan" ? overheadOf(underlay, family) : 0;
}

/** Of pods, tunnel, uplinks and the narrowest link: what passes each as it is, and what does when it is encapsulated before. */
function mtusOf(plan: Plan, mode: Mode, { family, source, target }: Path, forward: ExpectedDirection): number[] {
  const pods = podMtu(plan, mode);
  // Within a node only hosts know the uplink: by their default route, to ClusterIPs.
  if (forward.underlay === "none" && source.pod !== undefined) return [pods];
  const added = addedTo(forward, family);
  const ends = hostsOf(plan).filter(({ name }) => name === source.node || name === target.node);
  const links = [
    ...ends.map(({ uplink }) => uplink.mtu),
    ...(forward.narrow === undefined ? [] : [forward.narrow.mtu]),
  ];
  const tunnel = added > 0 ? (plan.topology.tunnelMtu ?? []) : [];
  return [...new Set([pods, ...links, ...links.map((mtu) => mtu - added)].concat(tunnel))].sort((a, b) => a - b);
}

/** The taps between nodes that are on neither way: of uninvolved nodes, behind a death, all of them on one node. */
function silentTaps(plan: Plan, identities: Identities, directions: readonly ExpectedDirection[]): TapId[] {
  const involved = directions.flatMap(({ hops, equalWays }) => [
    ...hops.map((hop) => hop.tap),
    ...(equalWays?.ways.flat() ?? []),
  ]);
  const nodes = new Set(involved.map(({ node }) => node));
  return underlayTaps(plan, identities).filter(
    (tap) => !nodes.has(tap.node) || !involved.some((other) => isSameTap(tap, other)),
  );
}

function skipped(plan: Plan, mode: Mode, path: Path, skip: string): PathExpectation {
  const forward: ExpectedDirection = { hops: [], underlay: "none", sources: [], destination: "" };
  return { path, skip, forward, serverSees: [], dials: "", overhead: 0, podMtu: podMtu(plan, mode), silent: [] };
}

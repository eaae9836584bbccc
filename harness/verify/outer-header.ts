import type { ExpectedOuter, TapId } from "../encap/expectation.ts";
import { isSameTap } from "../encap/taps.ts";
import type { HeaderVariant, ProbeObservation } from "../observe/observation.ts";
import { defineCheck } from "./check.ts";
import { conclude, type Finding } from "./conclude.ts";
import { flowsOf, heardAt, legsOf, underlayHops, type Leg } from "./path-case.ts";
import type { PathCase } from "./verdict.ts";
import { evidenceOf, nameOfTap } from "./words.ts";

/** TTL of a VXLAN packet as it leaves: the device says "auto", so the system's default (RFC 1700; net.ipv4.ip_default_ttl). */
const firstTtl = 64;

/** Flows of which all having one source port is no accident: with fewer, hashes may meet. */
const enoughFlows = 4;

/**
 * The rest of the outer header is as Linux makes it for a device that Calico creates, and no router writes into it: no DSCP inherited, ECN
 * carried over (RFC 6040). VXLAN: TTL 64, no DF, a UDP checksum, and a source port that depends on the flow (RFC 7348 section 5). IPIP:
 * TTL and DF of the inner header (RFC 2003 3.1; tunl0's ttl and pmtudisc are "inherit"). WireGuard: as VXLAN, from its one port to
 * the same (drivers/net/wireguard/socket.c).
 */
export const outerHeader = defineCheck({
  of: "path",
  name: "outer-header",
  part: "encapsulation",
  proves:
    "DSCP, ECN, TTL, DF and checksum of the outer header are as Calico's device makes them, and VXLAN's source ports vary",
  judge(pathCase) {
    const legs = legsOf(pathCase.expectation).filter(({ expected }) => expected.outer !== undefined);
    if (legs.length === 0) return undefined;
    const seen = legs.flatMap((leg) => seenOf(pathCase, leg));
    return conclude(pathCase, "outer-header", {
      expected: [...new Set(legs.map(({ expected }) => wantedOf(expected.outer)))].join("; "),
      observed: `${seen.length} kinds of header`,
      findings: [...seen.flatMap(findingsOf), ...legs.flatMap((leg) => fixedPort(pathCase, leg))],
      doubts:
        seen.length > 0
          ? []
          : ["no encapsulated packet was seen, so there is no outer header to judge: see reached and encapsulated"],
    });
  },
});

function wantedOf(outer: ExpectedOuter | undefined): string {
  if (outer?.vxlan === undefined && outer?.wireguard === undefined)
    return "DSCP 0, ECN and DF of the inner packet, its TTL less one for each router";
  const udp = "DSCP 0, ECN of the inner packet, TTL 64 less one for each router, no DF, a checksum";
  return outer.vxlan === undefined ? udp : `${udp}, source ports that vary`;
}

/** Headers at a tap between the nodes, and how many routers had forwarded them. */
interface Seen {
  readonly leg: Leg;
  readonly tap: TapId;
  readonly routers: number;
  /** Routers that nobody can ask may have forwarded them too. */
  readonly more: boolean;
  readonly variant: HeaderVariant;
}

function seenOf(pathCase: PathCase, leg: Leg): readonly Seen[] {
  const hops = underlayHops(leg.expected);
  return flowsOf(pathCase).flatMap((flow) =>
    hops.flatMap(({ tap }, index) => {
      const routers =
        hops.slice(0, index + 1).filter(({ role }) => role === "router-out").length + routersBetween(leg, hops, index);
      return heardAt(flow, leg.direction, tap)
        .variants.filter(
          ({ form, packets, fragment }) => form === leg.expected.underlay && packets > 0 && fragment !== true,
        )
        .map((variant) => ({ leg, tap, routers, more: index > 0 && leg.expected.unseenRouters === true, variant }));
    }),
  );
}

/** Routers of ways of equal cost that packets at a hop have behind them: no hop of the direction is theirs. */
function routersBetween(
  { expected: { equalWays } }: Leg,
  hops: ReturnType<typeof underlayHops>,
  index: number,
): number {
  if (equalWays === undefined) return 0;
  const chosenAt = hops.findIndex(({ tap }) => isSameTap(tap, equalWays.from));
  return index > chosenAt ? (equalWays.ways[0]?.length ?? 0) / 2 : 0;
}

function findingsOf({ leg, tap, routers, more, variant }: Seen): readonly Finding[] {
  const { form, outerTos = 0, tos = 0, outerTtl, outerDontFragment, dontFragment, noChecksum } = variant;
  const isIpip = form === "ipip";
  const ttl = (isIpip ? variant.ttl : firstTtl) - routers;
  const wrong = [
    ...(outerTos >> 2 === 0 ? [] : [`outer DSCP ${outerTos >> 2} (inner ${tos >> 2}), not 0`]),
    ...((outerTos & 3) === (tos & 3) ? [] : [`outer ECN ${outerTos & 3}, inner ${tos & 3}`]),
    ...(outerTtl === undefined || outerTtl === ttl || (more && outerTtl < ttl)
      ? []
      : [`outer TTL ${outerTtl}, not ${ttl}${more ? " or less" : ""}`]),
    ...(outerDontFragment === true && !isIpip ? ["outer DF set"] : []),
    ...(isIpip && outerDontFragment !== dontFragment
      ? [`outer DF ${words(outerDontFragment)}, inner DF ${words(dontFragment)}`]
      : []),
    ...(noChecksum === true ? ["no checksum in the outer UDP header"] : []),
  ];
  return wrong.map((what) => ({
    category: "wrong outer header",
    reason: `${leg.direction} at ${nameOfTap(tap)}: ${what}`,
    evidence: evidenceOf(tap, variant),
  }));
}

function words(isSet: boolean | undefined): string {
  return isSet === true ? "set" : "not set";
}

/** Whoever hashes flows to choose between equal ways, or between a receiver's queues, has nothing else to go by. */
function fixedPort(pathCase: PathCase, leg: Leg): readonly Finding[] {
  const [first] = underlayHops(leg.expected);
  if (first === undefined) return [];
  const ports = flowsOf(pathCase).flatMap((flow) => portsAt(flow, leg, first.tap));
  const [port] = ports;
  if (port === undefined || ports.length < enoughFlows || ports.some((other) => other !== port)) return [];
  const reason = `${leg.direction} at ${nameOfTap(first.tap)}: all of ${ports.length} flows have the outer source port ${port}`;
  return [{ category: "wrong outer header", reason }];
}

function portsAt({ sightings }: ProbeObservation, { direction }: Leg, tap: TapId): readonly number[] {
  const heard = sightings.filter((one) => one.direction === direction && isSameTap(one.tap, tap));
  return heard.flatMap(({ flows, variants }) =>
    variants.every(({ form }) => form === "vxlan") ? flows.flatMap(({ sourcePorts }) => sourcePorts) : [],
  );
}

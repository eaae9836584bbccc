import type { TapId } from "../encap/expectation.ts";
import type { ProbeObservation } from "../observe/observation.ts";
import type { ProbeKind } from "../probe/probe.ts";
import { heardAt, legsOf, resultFor, type Leg } from "../verify/path-case.ts";
import { doubtAbout } from "../verify/tap-trust.ts";
import type { PathCase } from "../verify/verdict.ts";
import type { Crossing, Lot } from "./crossings.ts";

/**
 * What came to the last tap of a direction, and whether it was taken there: a request that nobody answers, an answer that does not come
 * to who asked, though the tap before it saw them; and connections that nobody sees begin.
 */
export function endsOf(pathCase: PathCase): readonly Crossing[] {
  return pathCase.observations.flatMap((observation) => {
    const [forward, reverse] = legsOf(pathCase.expectation);
    const { sent = 0, received = 0, errors = [] } = resultFor(pathCase, observation) ?? {};
    const { kind } = observation.probe;
    if (sent === 0 || kind === "mtu" || kind === "sweep" || forward === undefined || reverse === undefined) return [];
    // An answer that refuses the connection came to who asked: it is the server that did not take the request.
    const isRefused = received === 0 && isTcp(kind) && errors.some((error) => refusal.test(error));
    const isTaken = received > 0 || (!isRefused && isHeard(observation, reverse));
    const there = endAt(pathCase, observation, forward, lotOf(kind, forward), isTaken);
    const back = endAt(pathCase, observation, reverse, lotOf(kind, reverse), received > 0 || isRefused);
    return [...startAt(pathCase, observation, forward), ...there, ...back];
  });
}

/** What curl and iperf3 say at once of a server that sends RST; a server that is silent they call a time-out. */
const refusal = /refused|could(?:n't| not) connect to server/i;

function isTcp(kind: ProbeKind): kind is "curl" | "bulk" {
  return kind === "curl" || kind === "bulk";
}

/** TCP's packets are counted where they are seen: a connection of which nothing is seen has lost its SYN before the first tap. */
function startAt(pathCase: PathCase, observation: ProbeObservation, forward: Leg): readonly Crossing[] {
  const { kind } = observation.probe;
  const missed = forward.expected.hops[0]?.tap;
  const isSeen = observation.sightings.some(({ packets }) => packets > 0);
  if (missed === undefined || isSeen || !isTcp(kind)) return [];
  if (doubtAbout(pathCase, missed) !== undefined) return [];
  const { path } = pathCase.expectation;
  const lots = [{ ...lotOf(kind, forward), family: path.family, came: 1, lost: 1 }];
  return [{ path, direction: "forward", missed, underlay: forward.expected.underlay, lots }];
}

function endAt(
  pathCase: PathCase,
  observation: ProbeObservation,
  leg: Leg,
  lot: KindOfLot,
  taken: boolean,
): readonly Crossing[] {
  const { path } = pathCase.expectation;
  const last = leg.expected.hops.at(-1)?.tap;
  if (last === undefined || leg.expected.dies !== undefined || doubtAbout(pathCase, last) !== undefined) return [];
  if (heardAt(observation, leg.direction, last).packets === 0) return [];
  const { node, pod } = leg.direction === "forward" ? path.target : path.source;
  const missed: TapId = { node, device: pod ?? node };
  const lots = [{ ...lot, family: path.family, came: 1, lost: taken ? 0 : 1 }];
  return [{ path, direction: leg.direction, last, missed, underlay: leg.expected.underlay, lots }];
}

function isHeard(observation: ProbeObservation, { direction, expected }: Leg): boolean {
  return expected.hops.some(({ tap }) => heardAt(observation, direction, tap).packets > 0);
}

/** Bytes of IP packet of the smallest that each program sends. */
const sizes = { ping: 84, udp: 104, curl: 52, bulk: 52 } as const;

type KindOfLot = Omit<Lot, "came" | "lost" | "family">;

function lotOf(kind: keyof typeof sizes, { direction }: Leg): KindOfLot {
  const base = { form: "plain", bytes: sizes[kind], tos: 0, ports: [], extra: 0 } as const;
  if (kind === "ping") return { ...base, kind: "ping", protocol: "ICMP" };
  if (kind === "udp") return { ...base, kind: "datagram", protocol: "UDP" };
  return { ...base, kind: direction === "forward" ? "SYN" : "SYN-ACK", protocol: "TCP" };
}

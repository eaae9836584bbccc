import type { ExpectedDirection, ExpectedHop, Form, PathExpectation, TapId } from "../encap/expectation.ts";
import { isSameTap } from "../encap/taps.ts";
import type { Direction, HeaderVariant, ProbeObservation } from "../observe/observation.ts";
import type { ProbeResult } from "../probe/probe.ts";
import { isOfSizes } from "../probe/probe-kinds.ts";
import type { PathCase } from "./verdict.ts";

/** One direction of a path with what is expected of it. */
export interface Leg {
  readonly direction: Direction;
  readonly expected: ExpectedDirection;
}

/** The directions in which something is expected: the reverse one is missing where the forward one is dropped. */
export function legsOf({ forward, reverse }: PathExpectation): readonly Leg[] {
  const there: Leg = { direction: "forward", expected: forward };
  return reverse === undefined ? [there] : [there, { direction: "reverse", expected: reverse }];
}

/** Nodes and routers by which the path's packets, or the answers, may lead: all of several ways of equal cost. */
export function placesOf(expectation: PathExpectation): ReadonlySet<string> {
  const taps = legsOf(expectation).flatMap(({ expected: { hops, equalWays } }) => [
    ...hops.map(({ tap }) => tap),
    ...(equalWays?.ways.flat() ?? []),
  ]);
  return new Set(taps.map(({ node }) => node));
}

/** Whether the path's packets, or the answers, pass a node or router that is watched. */
export function leadsBy(expectation: PathExpectation, place: string): boolean {
  return placesOf(expectation).has(place);
}

/** Whether the path's packets, or the answers, must end on the way. */
export function mustEnd({ expectation }: PathCase): boolean {
  return legsOf(expectation).some(({ expected }) => expected.dies !== undefined);
}

/** The hops of a direction that lie between nodes. */
export function underlayHops(expected: ExpectedDirection): readonly ExpectedHop[] {
  return expected.hops.filter((hop) => !hop.role.endsWith("-pod"));
}

/** What a tap saw of a probe in one direction. */
export interface Heard {
  readonly packets: number;
  readonly variants: readonly HeaderVariant[];
}

/** What a tap saw of a probe in one direction; nothing is a value too. */
export function heardAt(observation: ProbeObservation, direction: Direction, tap: TapId): Heard {
  const sightings = observation.sightings.filter(
    (sighting) => sighting.direction === direction && isSameTap(sighting.tap, tap),
  );
  return {
    packets: sightings.reduce((sum, sighting) => sum + sighting.packets, 0),
    variants: sightings.flatMap((sighting) => sighting.variants),
  };
}

/** How many of the packets seen have this form. */
export function packetsInForm(heard: Heard, form: Form): number {
  return heard.variants.filter((variant) => variant.form === form).reduce((sum, variant) => sum + variant.packets, 0);
}

/** What the probing program reported of an observed probe. */
export function resultFor(pathCase: PathCase, observation: ProbeObservation): ProbeResult | undefined {
  const { kind, token } = observation.probe;
  // Compared by value: a replayed case comes from a file, where both are copies.
  const key = JSON.stringify(token);
  return pathCase.results.find(({ probe }) => probe.kind === kind && JSON.stringify(probe.token) === key);
}

/** The observed probes that can tell the form of packets: all but those of the MTU, half of which never leave. */
export function flowsOf(pathCase: PathCase): readonly ProbeObservation[] {
  return pathCase.observations.filter(({ probe }) => !isOfSizes(probe.kind));
}

/** Whether any tap saw any packet of the path. */
export function anythingHeard(pathCase: PathCase): boolean {
  return flowsOf(pathCase).some(({ sightings }) => sightings.some(({ packets }) => packets > 0));
}

/** Whether packets that missed this hop showed at a later one, or were answered: then the tap missed them, not the wire. */
export function wentOn(pathCase: PathCase, observation: ProbeObservation, leg: Leg, hop: ExpectedHop): number {
  const later = leg.expected.hops.slice(leg.expected.hops.indexOf(hop) + 1);
  const heard = later.map(({ tap }) => heardAt(observation, leg.direction, tap).packets);
  const answers = leg.direction === "forward" ? answersHeard(pathCase, observation) : 0;
  return Math.max(0, ...heard, answers, answered(pathCase, observation, leg));
}

function answersHeard({ expectation }: PathCase, observation: ProbeObservation): number {
  const hops = expectation.reverse?.hops ?? [];
  // Answers outnumber requests in TCP, so that beyond pings they only prove that something went on.
  const most = Math.max(0, ...hops.map(({ tap }) => heardAt(observation, "reverse", tap).packets));
  return observation.probe.kind === "ping" ? most : Math.min(1, most);
}

function answered(pathCase: PathCase, observation: ProbeObservation, { expected }: Leg): number {
  return expected.dies === undefined ? (resultFor(pathCase, observation)?.received ?? 0) : 0;
}

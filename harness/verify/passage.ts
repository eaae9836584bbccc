import type { ExpectedHop } from "../encap/expectation.ts";
import { isSameTap } from "../encap/taps.ts";
import type { Direction, FlowAccount, ProbeObservation } from "../observe/observation.ts";
import { alignPieces, countStretches, type Piece, type Row } from "../observe/pieces.ts";
import { legsOf, resultFor, type Leg } from "./path-case.ts";
import { isDeaf } from "./tap-trust.ts";
import type { PathCase } from "./verdict.ts";

/** One flow of a probe in one direction: how many times each part of it was heard at, and passed, each hop. */
export interface Passage {
  readonly observation: ProbeObservation;
  /** Which flow of the probe. */
  readonly flow: string;
  readonly leg: Leg;
  /** Missing at taps that heard nothing of it; in the order of travel. */
  readonly accounts: readonly (FlowAccount | undefined)[];
  readonly unit: FlowAccount["unit"];
  readonly parts: readonly Part[];
  readonly acks: Part;
}

/** Part of a flow whose packets fared alike. */
export interface Part {
  readonly from: number;
  readonly to: number;
  /** How many times it set out, as far as somebody knows; otherwise what the first hop heard. */
  readonly start: number;
  /** By hop. */
  readonly heard: readonly number[];
  /** By hop: what the tap heard, and at least what came there before and showed again later. */
  readonly passed: readonly number[];
}

/** Every flow of a probe in every direction that its path has; datagrams, each of which has a number of its own, as one. */
export function passagesOf(pathCase: PathCase, observation: ProbeObservation): readonly Passage[] {
  const before = known.get(pathCase) ?? new Map<ProbeObservation, readonly Passage[]>();
  known.set(pathCase, before);
  const passages = before.get(observation) ?? follow(pathCase, observation);
  before.set(observation, passages);
  return passages;
}

/** How one numbered packet fared; undefined where nobody knows of it. */
export function partAt({ parts }: Passage, number: number): Part | undefined {
  return parts.find(({ from, to }) => from <= number && number < to);
}

/** Several checks ask for the same passages; they are followed once. */
const known = new WeakMap<PathCase, Map<ProbeObservation, readonly Passage[]>>();

function follow(pathCase: PathCase, observation: ProbeObservation): readonly Passage[] {
  const [forward, reverse] = legsOf(pathCase.expectation);
  if (forward === undefined) return [];
  const flows = flowNames(observation);
  return flows.flatMap((flow) => {
    const answers = reverse === undefined ? [] : heardAnywhere(observation, "reverse", flow);
    const there = passage(pathCase, observation, forward, flow, sentPieces(pathCase, observation), answers);
    if (reverse === undefined) return [there];
    return [there, passage(pathCase, observation, reverse, flow, arrived(there), [])];
  });
}

/** What stands for all flows of datagrams. */
const datagrams = "udp";

/** The flows that any tap heard; of echoes and datagrams, whose numbers are known, also where none did. */
function flowNames({ probe, sightings }: ProbeObservation): readonly string[] {
  if (probe.token.kind === "icmp-pattern") return ["echo"];
  if (probe.token.kind === "udp-pattern") return [datagrams];
  return [...new Set(sightings.flatMap(({ flows }) => flows.map(({ flow }) => flow)))];
}

function passage(
  pathCase: PathCase,
  observation: ProbeObservation,
  leg: Leg,
  flow: string,
  start: readonly Piece[] | undefined,
  answers: readonly Piece[],
): Passage {
  const { hops } = leg.expected;
  const accounts = hops.map((hop) => accountAt(observation, leg.direction, hop, flow));
  const last = hops.at(-1);
  // An answer proves that the request came to the end only where nobody listens there: something else may have answered.
  const end = last !== undefined && isDeaf(pathCase, last.tap) ? answers : [];
  const rows = alignPieces([start ?? [], ...accounts.map((account) => account?.pieces ?? []), end]);
  const acks = { from: 0, to: 1, times: [0, ...accounts.map((account) => account?.acks ?? 0), 0] };
  const first = hops[0] === undefined || isDeaf(pathCase, hops[0].tap) ? "deaf" : "hears";
  const knows = start === undefined ? first : "known";
  return {
    observation,
    flow,
    leg,
    accounts,
    unit: observation.probe.token.kind === "tcp-port" ? "bytes" : "packets",
    parts: rows.map((row) => partOf(row, knows)),
    acks: partOf(acks, first),
  };
}

/** Who tells how often a part set out: the sender, or the first tap, which may not hear. */
function partOf({ from, to, times }: Row, knows: "known" | "hears" | "deaf"): Part {
  const heard = times.slice(1, -1);
  const after = (hop: number): number => Math.max(0, ...times.slice(hop + 2));
  const first = heard[0] ?? 0;
  const start = knows === "known" ? (times[0] ?? 0) : knows === "deaf" ? Math.max(first, after(0)) : first;
  const before = (hop: number): number => Math.max(start, ...heard.slice(0, hop));
  return {
    from,
    to,
    start,
    heard,
    passed: heard.map((count, hop) => Math.max(count, Math.min(before(hop), after(hop)))),
  };
}

function accountAt(
  { sightings }: ProbeObservation,
  direction: Direction,
  { tap }: ExpectedHop,
  flow: string,
): FlowAccount | undefined {
  const sighting = sightings.find((one) => one.direction === direction && isSameTap(one.tap, tap));
  return accountOf(sighting?.flows ?? [], flow);
}

/** Numbers are unique among all datagrams of a probe, so that their pieces need only be sorted. */
function accountOf(flows: readonly FlowAccount[], flow: string): FlowAccount | undefined {
  if (flow !== datagrams) return flows.find((account) => account.flow === flow);
  const [first] = flows;
  if (first === undefined) return undefined;
  const pieces = flows.flatMap((account) => account.pieces).sort((a, b) => a.from - b.from);
  return { ...first, flow, pieces, lastAt: Math.max(...flows.map(({ lastAt }) => lastAt)) };
}

function heardAnywhere({ sightings }: ProbeObservation, direction: Direction, flow: string): readonly Piece[] {
  const heard = sightings
    .filter((sighting) => sighting.direction === direction)
    .map(({ flows }) => accountOf(flows, flow)?.pieces ?? []);
  return alignPieces(heard).map(({ from, to, times }) => ({ from, to, times: Math.max(...times) }));
}

/** Echoes are numbered from 1, and the client told the numbers of datagrams; what a TCP sender sent, nobody knows. */
function sentPieces(pathCase: PathCase, observation: ProbeObservation): readonly Piece[] | undefined {
  if (observation.probe.token.kind === "tcp-port") return undefined;
  const { sent = 0, datagrams: told } = resultFor(pathCase, observation) ?? {};
  // A program that was killed tells of nothing, and may have sent all the same.
  if (sent === 0) return undefined;
  if (told === undefined) return [{ from: 1, to: sent + 1, times: 1 }];
  const left = told.filter(({ refused }) => refused === undefined);
  return countStretches(left.map(({ number }) => ({ from: number, to: number + 1 })));
}

/** What of a flow came to its end, where each packet is answered by one; in TCP it is not. */
function arrived({ unit, parts }: Passage): readonly Piece[] | undefined {
  if (unit === "bytes") return undefined;
  return parts.map(({ from, to, start, passed }) => ({ from, to, times: passed.at(-1) ?? start }));
}

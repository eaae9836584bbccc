import type { ExpectedDirection, Form, PathExpectation, TapId } from "../encap/expectation.ts";
import { isSameTap } from "../encap/taps.ts";
import type {
  Direction,
  FlowAccount,
  HeaderVariant,
  ProbeObservation,
  TapHealth,
  TapSighting,
} from "../observe/observation.ts";
import type { Probe, ProbeKind, ProbeResult, Token } from "../probe/probe.ts";
import type { DatagramResult } from "../probe/udp/datagram.ts";
import type { PathCase, Verdict } from "./verdict.ts";

/** For tests only: how many pings a made-up probe sends. */
const pingsSent = 10;

/** For tests only: a case in which the wire shows exactly what is expected, of these probes. */
export function caseAsExpected(expectation: PathExpectation, kinds: readonly ProbeKind[] = ["ping", "curl"]): PathCase {
  const probes = kinds.map((kind) => probeOf(expectation, kind));
  const taps = [
    ...expectation.silent,
    ...[expectation.forward, expectation.reverse].flatMap((leg) => [
      ...(leg?.hops.map(({ tap }) => tap) ?? []),
      ...(leg?.equalWays?.ways.flat() ?? []),
    ]),
  ];
  const unique = taps.filter((tap, index) => taps.findIndex((other) => isSameTap(tap, other)) === index);
  return {
    expectation,
    results: probes.map((probe) => resultOf(expectation, probe)),
    observations: probes.map((probe) => observationOf(expectation, probe)),
    health: unique.map((tap): TapHealth => ({ tap, packets: 100, doubts: [] })),
  };
}

/** For tests only: a tap from `node/device`; `cali` stands for the only such device that the case knows on the node. */
export function tapOf(pathCase: PathCase, name: string): TapId {
  const [node = "", device = ""] = name.split("/");
  const known = pathCase.health.find(({ tap }) => tap.node === node && tap.device.startsWith(device));
  if (known === undefined) throw new RangeError(`the case has no tap ${name}`);
  return known.tap;
}

/** For tests only: what to alter in sightings of one tap and direction. */
export interface Change {
  readonly at: string;
  readonly direction: Direction;
  /** Missing = all kinds. */
  readonly kind?: ProbeKind;
  /** The packets' headers instead; [] = none seen. */
  readonly to: (variants: readonly HeaderVariant[]) => readonly HeaderVariant[];
  /** What was seen piece by piece instead; missing = as many packets as headers. */
  readonly flows?: (flows: readonly FlowAccount[]) => readonly FlowAccount[];
}

/** For tests only: the case with what one tap saw in one direction altered; taps that saw nothing start from []. */
export function withSightings(pathCase: PathCase, change: Change): PathCase {
  const tap = tapOf(pathCase, change.at);
  const isMeant = (sighting: TapSighting) => isSameTap(sighting.tap, tap) && sighting.direction === change.direction;
  const observations = pathCase.observations.map((observation) => {
    if (change.kind !== undefined && observation.probe.kind !== change.kind) return observation;
    const before = observation.sightings.filter(isMeant).flatMap(({ variants }) => variants);
    const variants = change.to(before);
    const packets = variants.reduce((sum, variant) => sum + variant.packets, 0);
    const others = observation.sightings.filter((sighting) => !isMeant(sighting));
    const heard = observation.sightings.filter(isMeant).flatMap(({ flows }) => flows);
    const flows = change.flows?.(heard) ?? accountsOf(observation.probe, packets, pathCase.expectation);
    const sighting: TapSighting = { tap, direction: change.direction, variants, packets, flows };
    return { ...observation, sightings: packets === 0 ? others : [...others, sighting] };
  });
  return { ...pathCase, observations };
}

/** For tests only: nothing seen at these taps in a direction. */
export function withoutPackets(pathCase: PathCase, direction: Direction, ...names: readonly string[]): PathCase {
  return names.reduce((before, at) => withSightings(before, { at, direction, to: () => [] }), pathCase);
}

/** For tests only: every packet at these taps in a direction in another form. */
export function inForm(pathCase: PathCase, direction: Direction, form: Form, ...names: readonly string[]): PathCase {
  return names.reduce(
    (before, at) =>
      withSightings(before, {
        at,
        direction,
        to: (variants) =>
          variants.length === 0 ? [variantOf(form, 10)] : variants.map((variant) => ({ ...variant, form })),
      }),
    pathCase,
  );
}

/** For tests only: one header or more of the packets at a tap replaced. */
export function withHeaders(
  pathCase: PathCase,
  at: string,
  direction: Direction,
  headers: Partial<HeaderVariant>,
): PathCase {
  return withSightings(pathCase, {
    at,
    direction,
    to: (variants) => variants.map((variant) => ({ ...variant, ...headers })),
  });
}

/** For tests only: the tap's health altered; `undefined` takes the tap away. */
export function withHealth(pathCase: PathCase, name: string, change: Partial<TapHealth> | undefined): PathCase {
  const tap = tapOf(pathCase, name);
  const health = pathCase.health.flatMap((one) => {
    if (!isSameTap(one.tap, tap)) return [one];
    return change === undefined ? [] : [{ ...one, ...change }];
  });
  return { ...pathCase, health };
}

/** For tests only: all results altered, or those of one kind. */
export function withResults(pathCase: PathCase, change: Partial<ProbeResult>, kind?: ProbeKind): PathCase {
  const results = pathCase.results.map((result) =>
    kind === undefined || result.probe.kind === kind ? { ...result, ...change } : result,
  );
  return { ...pathCase, results };
}

/** For tests only: status and reason of a verdict, for one assertion. */
export function gist(verdict: Verdict | undefined): string {
  if (verdict === undefined) return "does not apply";
  const category = verdict.category === undefined || verdict.status === "inconclusive" ? "" : ` (${verdict.category})`;
  return `${verdict.status}${category}${verdict.reason === undefined ? "" : `: ${verdict.reason}`}`;
}

/** For tests only: packets that look alike. */
export function variantOf(form: Form, packets: number, headers: Partial<HeaderVariant> = {}): HeaderVariant {
  const firstPacket = { file: "a1.pcap", number: 7, time: 1.5, lines: ["ETH", "IP"] };
  return {
    form,
    packets,
    source: "198.19.0.1",
    destination: "198.19.0.65",
    ttl: 63,
    overhead: 0,
    firstPacket,
    ...headers,
  };
}

function probeOf({ path, dials }: PathExpectation, kind: ProbeKind): Probe {
  const amount = kind === "ping" ? pingsSent : kind === "udp" ? datagramsSent.length : kind === "sweep" ? 4 : 1;
  return { path, kind, token: tokenOf(kind), dials, amount };
}

function tokenOf(kind: ProbeKind): Token {
  if (kind === "sweep") return { kind: "udp-pattern", pattern: "ee112233aabbccdd" };
  if (kind === "udp") return { kind: "udp-pattern", pattern: "aa112233aabbccdd" };
  if (kind === "ping" || kind === "mtu") {
    return { kind: "icmp-pattern", pattern: kind === "ping" ? "00112233aabbccdd" : "ff112233aabbccdd" };
  }
  return { kind: "tcp-port", side: kind === "curl" ? "client" : "server", port: 40001 };
}

/** For tests only: the datagrams of a made-up UDP probe: four flows, and a ladder of four sizes on the first. */
export const datagramsSent: readonly DatagramResult[] = [
  ...[0, 1, 2, 3].map((flow) => ({ flow, bytes: 104 })),
  ...[400, 800, 1200, 1450].map((bytes) => ({ flow: 0, bytes })),
].map((one, number) => ({ ...one, number, tos: 0, copy: 0, answered: true }));

/** For tests only: the datagrams of a made-up sweep: four sizes that pass, and one byte more, which the sender's kernel refuses. */
export function sweepSent({ podMtu, pathMtu = podMtu }: PathExpectation): readonly DatagramResult[] {
  const passing = [104, 800, 1200, pathMtu].map((bytes) => ({ flow: 0, bytes, answered: true }));
  const larger = { flow: 1, bytes: pathMtu + 1, answered: false, refused: "Message too long" };
  return [...passing, larger].map((one, number) => ({ ...one, number, tos: 0, copy: 0 }));
}

function resultOf(expectation: PathExpectation, probe: Probe): ProbeResult {
  const lost = [expectation.forward, expectation.reverse].some((leg) => leg?.dies !== undefined);
  const sent = probe.kind === "mtu" ? 2 : probe.amount;
  const client = expectation.serverSees[0];
  return {
    probe,
    command: `${probe.kind} ${probe.dials}`,
    where: "pod a1-p1",
    exitCode: lost ? 1 : 0,
    sent,
    received: lost ? 0 : sent,
    errors: [],
    output: "",
    ...(probe.kind === "curl" && !lost && client !== undefined ? { serverSaw: client } : {}),
    ...(probe.kind === "udp" ? { datagrams: datagramsSent.map((one) => ({ ...one, answered: !lost })) } : {}),
    ...(probe.kind === "sweep" ? { datagrams: sweepSent(expectation) } : {}),
    ...(probe.kind === "mtu" && !lost ? { mtu: { fits: true, oneMore: false } } : {}),
  };
}

function observationOf(expectation: PathExpectation, probe: Probe): ProbeObservation {
  const { forward, reverse } = expectation;
  const there = sightingsOf("forward", forward, probe, forward.sources[0] ?? "", expectation);
  const back = reverse === undefined ? [] : sightingsOf("reverse", reverse, probe, forward.destination, expectation);
  return { probe, sightings: [...there, ...back], icmpErrors: [] };
}

function sightingsOf(
  direction: Direction,
  { hops, outer, destination }: ExpectedDirection,
  probe: Probe,
  source: string,
  expectation: PathExpectation,
): TapSighting[] {
  const { overhead } = expectation;
  const packets = ["ping", "udp", "sweep"].includes(probe.kind) ? probe.amount : 6;
  return hops.map(({ tap, form }) => {
    const plain = variantOf("plain", packets, { source, destination });
    const heard = { tap, direction, packets, flows: accountsOf(probe, packets, expectation) };
    if (form === "plain" || outer === undefined) return { ...heard, variants: [plain] };
    const { vxlan, wireguard } = outer;
    const header = {
      ...plain,
      form,
      overhead,
      outerSource: outer.source,
      outerDestination: outer.destination,
      ...(vxlan === undefined ? {} : { vxlan: { ...vxlan, flags: 0x08 } }),
      ...(wireguard === undefined ? {} : { wireguard: { sourcePort: wireguard.port, port: wireguard.port } }),
    };
    return { ...heard, variants: [header] };
  });
}

/** For tests only: bytes of every made-up TCP flow in each direction, SYN and FIN included. */
export const streamBytes = 10_000;

/** As many packets of the one flow of a probe; more than were sent came twice. Of TCP there is all or nothing. */
function accountsOf({ token }: Probe, packets: number, expectation: PathExpectation): readonly FlowAccount[] {
  if (packets === 0) return [];
  const account = { acks: 0, openings: [], lastAt: 1.6, sourcePorts: [] };
  if (token.kind === "icmp-pattern") {
    const once = { from: 1, to: Math.min(packets, pingsSent) + 1, times: Math.max(1, packets / pingsSent) };
    return [{ ...account, flow: "echo", unit: "packets", pieces: [once] }];
  }
  if (token.kind === "udp-pattern") {
    const numbers = datagramsSent.slice(0, packets);
    return [0, 1, 2, 3].map((flow) => ({
      ...account,
      flow: `udp ${flow}`,
      unit: "packets",
      pieces: numbers
        .filter((one) => one.flow === flow)
        .map(({ number }) => ({ from: number, to: number + 1, times: 1 })),
      sourcePorts: [50_000 + flow],
    }));
  }
  const stream = { from: 0, to: streamBytes, times: 1 };
  return [
    {
      flow: "7",
      unit: "bytes",
      pieces: [stream],
      acks: 4,
      openings: [1.5],
      lastAt: 1.6,
      sourcePorts: [40_000],
      mss: smallestMss(expectation),
    },
  ];
}

/** The MSS of an end that knows the path's MTU: without the headers of IP and TCP (RFC 9293 3.7.1). */
function smallestMss({ path, podMtu, pathMtu = podMtu }: PathExpectation): number {
  return Math.min(pathMtu, podMtu) - (path.family === 4 ? 40 : 60);
}

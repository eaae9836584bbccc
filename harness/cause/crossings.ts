import type { ExpectedDirection, ExpectedHop, Form, TapId } from "../encap/expectation.ts";
import { goesToHosts, type Path } from "../encap/path.ts";
import { isSameTap } from "../encap/taps.ts";
import type { Direction } from "../observe/observation.ts";
import { isOfSizes } from "../probe/probe-kinds.ts";
import { mayBeLostBefore } from "../verify/declared.ts";
import { balanceAt } from "../verify/hop-balance.ts";
import { partAt, passagesOf, type Part, type Passage } from "../verify/passage.ts";
import { heardAt, resultFor } from "../verify/path-case.ts";
import { doubtAbout } from "../verify/tap-trust.ts";
import type { PathCase } from "../verify/verdict.ts";

/** Packets of a probe that are alike, and how many of those that came to a place ended there. */
export interface Lot {
  readonly kind: "ping" | "datagram" | "SYN" | "SYN-ACK" | "data" | "ACK";
  readonly protocol: "ICMP" | "UDP" | "TCP";
  readonly family: Path["family"];
  /** Form in which it must cross the place: plain within nodes. */
  readonly form: Form;
  /** Bytes of IP packet, with the outer header where the place is between nodes. */
  readonly bytes: number;
  /** TOS or traffic class with which it was sent. */
  readonly tos: number;
  /** Source ports of the outermost header; [] where it has none. */
  readonly ports: readonly number[];
  readonly came: number;
  readonly lost: number;
  /** How many came out beyond those that went in. */
  readonly extra: number;
}

/** What became of a path's packets between one tap and the next. */
export interface Crossing {
  readonly path: Path;
  readonly direction: Direction;
  /** Missing where the next tap is the first: the sender stands before it. */
  readonly last?: TapId;
  readonly missed: TapId;
  /** Form in which they must go between nodes. */
  readonly underlay: ExpectedDirection["underlay"];
  readonly lots: readonly Lot[];
}

/** Every place that a path's packets had to cross, with what came there and what of it was lost beyond what the topology declares. */
export function crossingsOf(pathCase: PathCase): readonly Crossing[] {
  return pathCase.observations.flatMap((observation) =>
    passagesOf(pathCase, observation).flatMap((passage) =>
      passage.leg.expected.hops.flatMap((hop, index) => crossingAt(pathCase, passage, hop, index)),
    ),
  );
}

function crossingAt(pathCase: PathCase, passage: Passage, hop: ExpectedHop, index: number): readonly Crossing[] {
  const { leg } = passage;
  const before = leg.expected.hops[index - 1];
  // A server that was late is not the network's loss; a tap in doubt cannot bear witness.
  const isServers = index === 0 && leg.direction === "reverse";
  // Half of the MTU's probes are refused by the sender's own kernel.
  const isRefused = index === 0 && passage.observation.probe.kind === "mtu";
  if (isServers || isRefused || isDisguised(pathCase, passage, index)) return [];
  if (doubtAbout(pathCase, hop.tap) !== undefined) return [];
  const { packets } = balanceAt(passage, index);
  const isDeclared = packets.lost > 0 && packets.lost <= mayBeLostBefore(leg, hop, packets.of);
  const form = formAt(passage, index);
  const more = form === "plain" ? 0 : pathCase.expectation.overhead;
  const lots = lotsOf(pathCase, passage, index)
    .filter(({ came }) => came > 0)
    .map((lot) => ({ ...lot, form, family: pathCase.expectation.path.family, bytes: lot.bytes + more }));
  if (isDeclared || lots.length === 0) return [];
  const { path } = pathCase.expectation;
  const base = { path, direction: leg.direction, missed: hop.tap, underlay: leg.expected.underlay, lots };
  return [before === undefined ? base : { ...base, last: before.tap }];
}

/** Behind masquerading a connection is known by its request alone: SYNs that nobody answers are not told from others'. */
function isDisguised({ expectation }: PathCase, { observation, leg }: Passage, index: number): boolean {
  if (observation.probe.token.kind !== "tcp-port" || !goesToHosts(expectation.path.traffic) || index === 0)
    return false;
  return !leg.expected.hops.slice(index).some(({ tap }) => heardAt(observation, leg.direction, tap).packets > 0);
}

/** Bytes of the headers of IP and TCP, with time stamps (RFC 7323). */
const tcpHeaders = { 4: 52, 6: 72 } as const;

/** Bytes of IP packet of a ping of 56 bytes, ping(8)'s default. */
const pingBytes = { 4: 84, 6: 104 } as const;

/** A lot as it enters or leaves a pod. */
type InnerLot = Omit<Lot, "form" | "family">;

function lotsOf(pathCase: PathCase, passage: Passage, index: number): readonly InnerLot[] {
  const { family } = pathCase.expectation.path;
  const { probe } = passage.observation;
  const counted = (part: Part): Pick<Lot, "came" | "lost" | "extra"> => {
    const came = index === 0 ? part.start : (part.passed[index - 1] ?? 0);
    const went = part.passed[index] ?? 0;
    return { came, lost: Math.max(0, came - went), extra: came === 0 ? 0 : Math.max(0, went - came) };
  };
  // What is larger than the path carries must not pass.
  const fits = pathCase.expectation.pathMtu ?? pathCase.expectation.podMtu;
  if ((probe.mtu ?? 0) > fits) return [];
  if (probe.token.kind === "icmp-pattern") {
    const bytes = probe.mtu ?? pingBytes[family];
    const lot = { kind: "ping", protocol: "ICMP", bytes, tos: 0, ports: [] } as const;
    return passage.parts.flatMap((part) => numbers(part).map(() => ({ ...lot, ...counted(part) })));
  }
  if (probe.token.kind === "tcp-port") {
    const segment = balanceAt(passage, index).segment;
    return tcpLots(passage, segment, tcpHeaders[family], portsAt(passage, index, passage.flow), counted);
  }
  const most = isOfSizes(probe.kind) ? fits : Infinity;
  const datagrams = (resultFor(pathCase, passage.observation)?.datagrams ?? []).filter(({ bytes }) => bytes <= most);
  return datagrams.flatMap(({ number, flow, bytes, tos }) => {
    const part = partAt(passage, number);
    const ports = portsAt(passage, index, `udp ${flow}`);
    return part === undefined
      ? []
      : [{ kind: "datagram", protocol: "UDP", bytes, tos, ports, ...counted(part) } as const];
  });
}

function numbers({ from, to }: Part): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

function tcpLots(
  { parts, acks, leg }: Passage,
  segment: number,
  headers: number,
  ports: readonly number[],
  counted: (part: Part) => Pick<Lot, "came" | "lost" | "extra">,
): readonly InnerLot[] {
  const base = { protocol: "TCP", tos: 0, ports } as const;
  const opening = leg.direction === "forward" ? "SYN" : "SYN-ACK";
  const ofData = parts.flatMap((part): readonly InnerLot[] => {
    const { came, lost, extra } = counted(part);
    const opens = part.from <= 0 && part.to > 0;
    const bytes = part.to - Math.max(part.from, opens ? 1 : part.from);
    const segments = Math.ceil(bytes / segment);
    const data = { ...base, kind: "data", bytes: Math.min(bytes, segment) + headers } as const;
    return [
      ...(opens ? [{ ...base, kind: opening, bytes: headers, came, lost, extra } as const] : []),
      ...(bytes > 0 ? [{ ...data, came: came * segments, lost: lost * segments, extra: extra * segments }] : []),
    ];
  });
  return [...ofData, { ...base, kind: "ACK", bytes: headers, ...counted(acks) }];
}

/** Between two taps of nodes' and routers' own networks packets have the form that the mode gives them. */
function formAt({ leg }: Passage, index: number): Form {
  const { hops, underlay } = leg.expected;
  const between = [hops[index - 1], hops[index]].every((hop) => hop !== undefined && !hop.role.endsWith("-pod"));
  return between && underlay !== "none" ? underlay : "plain";
}

/** Ports are read where packets came from: behind the place the lost ones are not seen. */
function portsAt({ observation, leg }: Passage, index: number, flow: string): readonly number[] {
  const tap = leg.expected.hops[Math.max(0, index - 1)]?.tap;
  const sighting = observation.sightings.find(
    (one) => tap !== undefined && one.direction === leg.direction && isSameTap(one.tap, tap),
  );
  return sighting?.flows.find((account) => account.flow === flow)?.sourcePorts ?? [];
}

/** Nodes, routers and pods in which packets of a crossing may have ended: both where it leads from one to the other. */
export function crossedBy({ last, missed, path, direction }: Crossing): readonly string[] {
  const [sender, receiver] = direction === "forward" ? [path.source, path.target] : [path.target, path.source];
  if (last === undefined) return [missed.node, ...(sender.pod === undefined ? [] : [sender.pod])];
  if (missed.device === receiver.pod) return [missed.node, receiver.pod];
  return last.node === missed.node ? [missed.node] : [last.node, missed.node];
}

/** Whether packets were lost there. */
export function isLossy({ lots }: Crossing): boolean {
  return lots.some(({ lost }) => lost > 0);
}

/** How many packets came to these places, or were lost in them. */
export function packetsOf(crossings: readonly Crossing[], what: "came" | "lost"): number {
  return crossings.reduce((total, { lots }) => total + lots.reduce((own, lot) => own + lot[what], 0), 0);
}

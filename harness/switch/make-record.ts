import type { ExpectedDirection, PathExpectation } from "../encap/expectation.ts";
import { directionFigures, strays, type Turn } from "./direction-figures.ts";
import type { Flight } from "./flight.ts";
import type { Moments } from "./moments.ts";
import type { Departure } from "./node-turns.ts";
import type { Segments } from "./segments.ts";
import type { Stream } from "./stream.ts";
import type { ConnectionsRecord, DirectionRecord, StreamRecord } from "./switch-record.ts";
import { tcpFigures } from "./tcp-figures.ts";
import { exitNode } from "./way-places.ts";

/** A stream with what its path must look like before and after a change. */
export interface WatchedStream {
  readonly stream: Stream;
  readonly before: PathExpectation;
  readonly after: PathExpectation;
}

/** What the captures hold of a stream. */
export interface HeardStream {
  readonly forward: Flight;
  readonly reverse: Flight;
  /** Of a long connection, what the client sent. */
  readonly segments: Segments;
  /** ICMP errors about it: who sent what, and how many times the tap that saw most saw it. */
  readonly icmpErrors: ReadonlyMap<string, number>;
}

/** What the sender of a stream tells. */
export interface ToldStream {
  readonly sent: number;
  readonly answered: number;
  readonly waiting: number;
  readonly slowestMs: number;
  readonly dead?: string;
  readonly errors: readonly string[];
}

/** Both directions of a stream. */
export function turnsOf({ before, after }: Pick<WatchedStream, "before" | "after">): {
  readonly forward: Turn;
  readonly reverse: Turn;
} {
  return {
    forward: { before: before.forward, after: after.forward },
    reverse: { before: answersOf(before), after: answersOf(after) },
  };
}

/** Answers to what does not arrive are not expected; whoever sends some all the same, as TCP does, gives them the form of the mode. */
function answersOf({ forward, reverse }: PathExpectation): ExpectedDirection {
  const { underlay, dies } = forward;
  return reverse ?? { hops: [], underlay, sources: [], destination: "", ...(dies === undefined ? {} : { dies }) };
}

/** Everything that is told of one stream through a change. Pure. */
export function streamRecord(
  watched: WatchedStream,
  heard: HeardStream,
  told: ToldStream | undefined,
  moments: Moments,
): StreamRecord {
  const { stream, after } = watched;
  const { kind } = stream;
  const turns = turnsOf(watched);
  const isNumbered = kind === "ping" || kind === "udp";
  const directions = isNumbered
    ? (["forward", "reverse"] as const).map((side) => directionFigures(side, turns[side], heard[side], moments))
    : kind === "tcp"
      ? [
          { ...unnumbered("forward", turns.forward), ...strays(heard.segments, moments) },
          { ...unnumbered("reverse", turns.reverse), ...strays(heard.segments.answers, moments) },
        ]
      : [];
  return {
    path: after.path.id,
    kind,
    directions,
    ...bothForms(directions, moments),
    ...(kind === "tcp" ? { tcp: tcpFigures(heard.segments, told, moments) } : {}),
    ...(kind === "connections" && told !== undefined ? { connections: connectionsRecord(told) } : {}),
    errors: [
      ...(told?.errors ?? ["its sender said nothing at the end"]),
      ...[...heard.icmpErrors].map(([text, count]) => `${text} ×${count}`),
    ],
  };
}

/**
 * Which node a direction leaves by, where its form changes there. What a host dialed before the change tells nothing of a node: conntrack keeps the
 * source address that the old mode gave it, and answers to a node's own address stay plain.
 */
export function departuresOf(watched: WatchedStream, { directions }: StreamRecord): readonly Departure[] {
  const turns = turnsOf(watched);
  if (watched.stream.path.traffic.startsWith("host-")) return [];
  return directions.flatMap((direction) => {
    const turn = turns[direction.direction];
    const node = exitNode(turn);
    const isAnswered = direction.direction === "forward" || watched.after.forward.dies === undefined;
    const changes = direction.before !== direction.after && isAnswered;
    return node === undefined || !changes || direction.sent === 0 ? [] : [{ node, direction }];
  });
}

/** Of a long connection, what its segments do not tell as packets. */
function unnumbered(
  direction: DirectionRecord["direction"],
  { before, after }: Turn,
): Omit<DirectionRecord, "leaks" | "detours"> {
  const forms = { before: before.underlay, after: after.underlay };
  const none = { sent: 0, lost: 0, duplicated: 0, reordered: 0, gapMs: 0 };
  return { direction, ...forms, ...none, bands: [], lostAt: [] };
}

function bothForms(directions: readonly DirectionRecord[], moments: Moments): Pick<StreamRecord, "bothMs"> {
  const first = directions.flatMap(({ firstNewMs }) => firstNewMs ?? []);
  const last = directions.flatMap(({ lastOldMs }) => lastOldMs ?? []);
  if (first.length === 0 || last.length === 0) return {};
  return { bothMs: moments.round(Math.max(0, Math.max(...last) - Math.min(...first))) };
}

function connectionsRecord({ sent, answered, waiting, slowestMs }: ToldStream): ConnectionsRecord {
  return { opened: sent, answered, failed: Math.max(0, sent - answered - waiting), slowestMs };
}

import type { CaptureFile } from "../../capture/capture.ts";
import type { TapId } from "../../encap/expectation.ts";
import { icmpErrorOf } from "../../observe/icmp-error.ts";
import { probeOfPattern, type TokenIndex } from "../../observe/token-index.ts";
import { messageOf } from "../../core/errors.ts";
import { innerIp, transport } from "../../packet/form.ts";
import type { Packet } from "../../packet/packet.ts";
import { readCapture } from "../../packet/read-capture.ts";
import { Flight } from "../flight.ts";
import type { Place } from "../place.ts";
import { turnsOf, type HeardStream, type WatchedStream } from "../make-record.ts";
import { Segments } from "../segments.ts";
import { placesOnWay } from "../way-places.ts";
import { wireFormOf } from "../wire-form.ts";
import { numberedPacket, streamIndex } from "./numbered-packet.ts";

/** How captures are read. */
export interface ReadingStreams {
  readonly vxlanPorts: readonly number[];
  /** Epoch seconds at which the senders were told to end; ICMP errors after that are about their end. */
  readonly until: number;
  /** Seconds by which each node's clock is ahead; missing = 0. */
  readonly clocks: ReadonlyMap<string, number>;
}

/** Reads every capture once, and notes each packet of a stream where it belongs; memory grows with packets sent, not with those captured. */
export async function readStreams(
  streams: readonly WatchedStream[],
  captures: readonly CaptureFile[],
  taps: readonly TapId[],
  underlay: readonly TapId[],
  { vxlanPorts, until, clocks }: ReadingStreams,
): Promise<{ readonly heard: readonly HeardStream[]; readonly doubts: readonly string[] }> {
  const listener = new StreamListener(streams, taps, underlay, until);
  const doubts: string[] = [];
  for (const capture of captures) {
    doubts.push(...capture.doubts.map((doubt) => `${capture.node}: ${doubt}`));
    const own = taps.filter(({ node }) => node === capture.node);
    const tapOf = new Map(
      [...capture.interfaces].flatMap(([index, device]) => {
        const tap = own.find((candidate) => candidate.device === device);
        return tap === undefined ? [] : [[index, tap] as const];
      }),
    );
    const ahead = clocks.get(capture.node) ?? 0;
    try {
      await readCapture(capture.file, { vxlanPorts, growing: true, reuse: true }, (packet) => {
        const tap = tapOf.get(packet.interfaceIndex ?? -1);
        if (tap !== undefined) listener.hear(packet, tap, packet.timeSeconds - ahead);
      });
    } catch (error) {
      doubts.push(`${capture.node}: ${messageOf(error)}`);
    }
  }
  return { heard: listener.heard(), doubts };
}

interface Sides<T> {
  readonly forward: T;
  readonly reverse: T;
}

type Direction = "forward" | "reverse";

class StreamListener {
  readonly #index: TokenIndex;
  readonly #ports = new Map<number, number>();
  readonly #places: readonly Sides<ReadonlyMap<TapId, Place>>[];
  readonly #flights: readonly Sides<Flight>[];
  readonly #segments: readonly Segments[];
  readonly #errors: readonly Map<string, Map<TapId, number>>[];

  readonly #until: number;

  constructor(streams: readonly WatchedStream[], taps: readonly TapId[], underlay: readonly TapId[], until: number) {
    this.#until = until;
    streams.forEach(({ stream: { clientPort } }, index) => {
      if (clientPort !== undefined) this.#ports.set(clientPort, index);
    });
    this.#index = streamIndex(streams.map(({ stream }) => stream));
    this.#places = streams.map((stream) => {
      const { forward, reverse } = turnsOf(stream);
      return { forward: placesOnWay(forward, taps, underlay), reverse: placesOnWay(reverse, taps, underlay) };
    });
    this.#flights = streams.map(() => ({ forward: new Flight(), reverse: new Flight() }));
    this.#segments = streams.map(() => new Segments());
    this.#errors = streams.map(() => new Map());
  }

  /** `at` is when it was captured, by the clock that all times are told by. */
  hear(packet: Packet, tap: TapId, at: number): void {
    const header = transport(packet);
    switch (header?.kind) {
      case "tcp":
        this.#hearSegment(packet, tap, at);
        break;
      case "udp":
        this.#hearNumbered(packet, tap, at);
        break;
      case "icmp":
      case "icmpv6": {
        if (header.isError && at < this.#until) this.#hearError(packet, tap);
        this.#hearNumbered(packet, tap, at);
        break;
      }
      case undefined:
        break;
    }
  }

  heard(): readonly HeardStream[] {
    return this.#flights.map(({ forward, reverse }, index) => ({
      forward,
      reverse,
      segments: this.#segments[index] ?? new Segments(),
      icmpErrors: new Map(
        [...(this.#errors[index] ?? [])].map(([text, byTap]) => [text, Math.max(...byTap.values())] as const),
      ),
    }));
  }

  #hearNumbered(packet: Packet, tap: TapId, at: number): void {
    const own = numberedPacket(packet, this.#index);
    if (own === undefined) return;
    const { stream, isForward, number } = own;
    const direction: Direction = isForward ? "forward" : "reverse";
    const place = this.#places[stream]?.[direction].get(tap);
    if (place === undefined) return;
    this.#flights[stream]?.[direction].note(place, number, at, wireFormOf(packet));
  }

  #hearSegment(packet: Packet, tap: TapId, at: number): void {
    const tcp = transport(packet);
    const ip = innerIp(packet);
    if (tcp?.kind !== "tcp" || ip === undefined) return;
    const there = this.#ports.get(tcp.sourcePort);
    const stream = there ?? this.#ports.get(tcp.destinationPort);
    if (stream === undefined) return;
    const segments = this.#segments[stream];
    const form = wireFormOf(packet);
    const places = this.#places[stream];
    const isReset = (tcp.flags & reset) !== 0;
    const place = (there === undefined ? places?.reverse : places?.forward)?.get(tap);
    if (place === undefined || segments === undefined) return;
    const bytes = ip.length - ip.headerLength - tcp.headerLength;
    const isAnswer = there === undefined;
    segments.note(place, { sequence: tcp.sequence, bytes, isReset, isAnswer }, at, form);
  }

  #hearError(packet: Packet, tap: TapId): void {
    const error = icmpErrorOf(packet);
    const quoted = packet.quoted.find((layer) => layer.kind === "tcp");
    const stream =
      quoted?.kind === "tcp"
        ? (this.#ports.get(quoted.sourcePort) ?? this.#ports.get(quoted.destinationPort))
        : probeOfPattern(packet.payload, this.#index);
    const errors = stream === undefined ? undefined : this.#errors[stream];
    if (error === undefined || errors === undefined) return;
    const text = `${error.text} from ${error.from}`;
    const byTap = errors.get(text) ?? new Map<TapId, number>();
    errors.set(text, byTap.set(tap, (byTap.get(tap) ?? 0) + 1));
  }
}

/** TCP flag RST (RFC 9293 3.1). */
const reset = 0x04;

import type { Tally } from "./tally.ts";

/** Which of the two ends of a subject sent a packet. */
export type Side = 0 | 1;

/** What packets are counted under while a capture is read: what holds a probe's pattern, or a TCP flow whose probe is known later. */
interface Subject {
  /** By tap number times two plus side. */
  readonly tallies: Map<number, Tally>;
}

/** A probe's ICMP echoes, or one flow of its UDP datagrams; side 0 asks, side 1 answers. */
export interface PatternSubject extends Subject {
  readonly kind: "pattern";
  readonly probe: number;
  /** Name of the flow: `echo`, `udp 3`. */
  readonly flow: string;
}

/** A TCP flow; side 0 is the end whose "address port" sorts first. */
export interface FlowSubject extends Subject {
  readonly kind: "flow";
  readonly ports: readonly [number, number];
  /** Addresses of its sides. */
  readonly between: readonly [string, string];
  /** The side that opened the connection, once its SYN went by. */
  client?: Side;
  /** `endsKey` of that SYN. */
  opened?: string;
  /** The sequence number with which each side began (RFC 9293 3.4.1), once it was seen. */
  readonly first: [number | undefined, number | undefined];
  /** Set once a request with a probe's mark went by. */
  marked?: { readonly probe: number; readonly client: Side };
}

/** The probe of a subject, and which of its sides is the path's source. */
export interface Resolved {
  readonly probe: number;
  readonly source: Side;
}

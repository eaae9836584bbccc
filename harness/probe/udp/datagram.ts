import type { PathExpectation } from "../../encap/expectation.ts";

/** One UDP request of a probe. */
export interface Datagram {
  /** Which of the probe's sockets sends it, each from a port of its own; so flows differ in what equal paths are chosen by. */
  readonly flow: number;
  /** Length of the IP packet. */
  readonly bytes: number;
  /** TOS or traffic class: six bits of DSCP and two of ECN (RFC 2474, RFC 3168). */
  readonly tos: number;
}

/** What became of a datagram. */
export interface DatagramResult extends Datagram {
  /** Stands in it, unique in the probe; further copies of one that was not answered have numbers of their own. */
  readonly number: number;
  /** 0 for the first, 1 and 2 for those that were sent because it was not answered. */
  readonly copy: number;
  readonly answered: boolean;
  /** What the sender's kernel said instead of sending it: "Message too long". */
  readonly refused?: string;
}

/** Bytes of payload that every datagram holds: see `layout`. */
export const leastPayload = 76;

/** Where things stand in a datagram's payload; the rest is filler. */
export const layout = {
  /** "Q" in a request, "A" in its answer. */
  kind: 0,
  /** The probe's token, 8 bytes. */
  pattern: 1,
  /** 2 bytes. */
  number: 9,
  flow: 11,
  /** Name of the pod or node that answers, 64 bytes, padded with NUL: names of Kubernetes have up to 63 (RFC 1035). */
  server: 12,
} as const;

/** Copies of a datagram have its number plus this many for each. */
export const copyStep = 1024;

/** Bytes of IP and UDP headers. */
export function headerBytes({ path }: Pick<PathExpectation, "path">): number {
  return (path.family === 4 ? 20 : 40) + 8;
}

/**
 * Perl that gives a socket $s room for all that may be on the way: SO_RCVBUFFORCE (33) as far as the right to it goes, else SO_RCVBUF (8). The
 * kernel's usual 208 KiB count whole buffers and hold a dozen jumbo frames.
 */
export const roomInPerl = 'setsockopt $s, 1, 33, pack("i", 4194304) or setsockopt $s, 1, 8, pack("i", 4194304);';

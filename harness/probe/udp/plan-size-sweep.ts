import type { PathExpectation } from "../../encap/expectation.ts";
import { headerBytes, leastPayload, type Datagram, type DatagramResult } from "./datagram.ts";

/** Bytes from one size of a sweep to the next; holes as wide are found for certain. */
export const sizeSweepSteps = { sampled: 64, all: 16 } as const;

/** Sizes of a sweep beside those that matter by themselves: more would tell little of packets of 9000 bytes. */
const mostSteps = 90;

/** Sizes tried between one that passes and one that does not, in each further sweep: twice, and a step of 64 bytes is one byte. */
const between = 8;

/**
 * The DF datagrams that go through all sizes of a path: one byte less, exactly and one byte more than each MTU on the way, and a ladder up to the
 * largest that must pass. What must not pass has a socket of its own: the kernel tells a socket late that an earlier datagram was too large.
 */
export function planSizeSweep(expectation: PathExpectation, width: number): readonly Datagram[] {
  const { podMtu, pathMtu = podMtu, mtus = [] } = expectation;
  const least = leastBytes(expectation);
  const step = Math.max(width, Math.ceil((pathMtu - least) / mostSteps));
  const ladder = Array.from({ length: Math.ceil((pathMtu - least) / step) }, (_, index) => least + index * step);
  const around = [podMtu, pathMtu, ...mtus].flatMap((mtu) => [mtu - 1, mtu, mtu + 1]);
  return asDatagrams([...ladder, ...around], expectation);
}

/** Sizes between those that pass and their neighbors that do not, to find the borders of a hole; [] where they are found. */
export function refineSizeSweep(
  expectation: PathExpectation,
  known: readonly Pick<DatagramResult, "bytes" | "answered">[],
): readonly Datagram[] {
  const passed = new Set(known.flatMap(({ bytes, answered }) => (answered ? [bytes] : [])));
  const sizes = [...new Set(known.map(({ bytes }) => bytes))].sort((a, b) => a - b);
  const inside = sizes.slice(1).flatMap((high, index) => {
    const low = sizes[index] ?? high;
    if (passed.has(low) === passed.has(high)) return [];
    const gap = high - low;
    return Array.from({ length: between }, (_, part) => low + Math.round((gap * (part + 1)) / (between + 1)));
  });
  return asDatagrams(
    inside.filter((bytes) => !sizes.includes(bytes)),
    expectation,
  );
}

function leastBytes(expectation: PathExpectation): number {
  return headerBytes(expectation) + leastPayload;
}

function asDatagrams(sizes: readonly number[], expectation: PathExpectation): readonly Datagram[] {
  const { podMtu, pathMtu = podMtu } = expectation;
  const least = leastBytes(expectation);
  const ascending = [...new Set(sizes)].filter((bytes) => bytes >= least).sort((a, b) => a - b);
  return ascending.map((bytes) => ({ flow: bytes > pathMtu ? 1 : 0, bytes, tos: 0 }));
}

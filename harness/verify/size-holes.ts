import type { ProbeObservation } from "../observe/observation.ts";
import type { DatagramResult } from "../probe/udp/datagram.ts";
import type { Finding } from "./conclude.ts";
import { passagesOf } from "./passage.ts";
import { resultFor } from "./path-case.ts";
import type { PathCase } from "./verdict.ts";
import { whereLost } from "./where-lost.ts";
import { listOf } from "./words.ts";

/** One datagram of a probe, and where it was lost if it was. */
export interface SizeTry extends DatagramResult {
  /** "forward between tor/eth0 and tor/eth1"; "" where every tap saw it. */
  readonly lost: () => string;
}

/** All datagrams of one size. */
export interface SizeStep {
  readonly bytes: number;
  readonly tries: readonly SizeTry[];
}

/** What became of each datagram of a probe. */
export function triesOf(pathCase: PathCase, flow: ProbeObservation): readonly SizeTry[] {
  const told = resultFor(pathCase, flow)?.datagrams ?? [];
  return told.map((one) => ({ ...one, lost: () => whereLost(passagesOf(pathCase, flow), one.number) }));
}

/** The sizes that were tried, ascending. */
export function stepsOf(tries: readonly SizeTry[]): readonly SizeStep[] {
  const sizes = [...new Set(tries.map(({ bytes }) => bytes))].sort((a, b) => a - b);
  return sizes.map((bytes) => ({ bytes, tries: tries.filter((one) => one.bytes === bytes) }));
}

/** Whether any datagram of the size was answered. */
export function isAnswered({ tries }: SizeStep): boolean {
  return tries.some(({ answered }) => answered);
}

/** What the sender's own kernel said instead of sending: "Message too long". */
export function refusalOf({ tries }: SizeStep): string | undefined {
  return tries.find(({ refused }) => refused !== undefined)?.refused;
}

/** Sizes next to each other of which none was answered, each tried more than once, or refused by the sender itself. */
export function holesIn(steps: readonly SizeStep[]): readonly (readonly SizeStep[])[] {
  const holes: SizeStep[][] = [];
  steps.forEach((step, index) => {
    const before = steps[index - 1];
    if (isAnswered(step)) return;
    if (before !== undefined && !isAnswered(before)) holes.at(-1)?.push(step);
    else holes.push([step]);
  });
  return holes.filter((hole) => hole.some((step) => step.tries.length > 1 || refusalOf(step) !== undefined));
}

/** A hole in words: which sizes, between which that pass, and where the packets end. `outer`: bytes of headers that the wire adds. */
export function holeFinding(hole: readonly SizeStep[], steps: readonly SizeStep[], outer = 0): Finding {
  const passing = steps.filter(isAnswered).map(({ bytes }) => bytes);
  const sizes = hole.map(({ bytes }) => bytes);
  const below = passing.filter((bytes) => bytes < Math.min(...sizes)).at(-1);
  const above = passing.find((bytes) => bytes > Math.max(...sizes));
  const neighbors = [below, above].flatMap((bytes) => (bytes === undefined ? [] : [String(bytes)]));
  const tries = hole.flatMap((step) => step.tries);
  const refused = hole.map(refusalOf).find((words) => words !== undefined);
  const how = refused === undefined ? `none of ${tries.length} answered` : `refused by the sender's kernel: ${refused}`;
  const ends = lossesOf(hole);
  const where = ends.length === 0 ? "" : `, lost ${listOf(ends)}`;
  const reason = `datagrams of ${sizesInWords(sizes, outer)} do not pass (${how}${where}), while ${listOf(neighbors)} bytes pass`;
  return { category: above === undefined ? "wrong MTU" : "size-dependent loss", reason };
}

/** The places at which datagrams of these sizes were lost, each once. */
export function lossesOf(steps: readonly SizeStep[]): readonly string[] {
  const lost = steps.flatMap(({ tries }) => tries.filter(({ refused }) => refused === undefined));
  return [...new Set(lost.map((one) => one.lost()))].filter((words) => words !== "");
}

/** More sizes than this are told by the first and the last. */
const spelledOut = 6;

function sizesInWords(sizes: readonly number[], outer: number): string {
  const [first = 0, last = 0] = [sizes[0], sizes.at(-1)];
  const which = sizes.length > spelledOut ? `${first} to ${last}` : listOf(sizes.map(String));
  const ends = first === last ? String(first + outer) : `${first + outer} to ${last + outer}`;
  return outer === 0 ? `${which} bytes` : `${which} bytes (${ends} with outer headers)`;
}

import type { TapId } from "../encap/expectation.ts";
import type { FlowAccount, TapSighting } from "./observation.ts";
import { alignPieces, type Piece } from "./pieces.ts";
import type { Recognizer } from "./recognizer.ts";
import type { FlowSubject, PatternSubject, Side } from "./subject.ts";
import { mergeVariants, type Tally } from "./tally.ts";

/** What the taps saw of each probe (by its position), sorted by tap and direction. */
export function sightingsOf(
  recognizer: Recognizer,
  taps: readonly TapId[],
): ReadonlyMap<number, readonly TapSighting[]> {
  const entries = entriesByProbe(recognizer);
  return new Map([...entries].map(([probe, places]) => [probe, sightingsAt(places, taps)]));
}

/** What one tap counted of one subject, and from which side. */
interface Entry {
  readonly tally: Tally;
  readonly subject: FlowSubject | PatternSubject;
  readonly side: Side;
}

/** By probe, then by tap number times two, plus one for the reverse direction. */
function entriesByProbe(recognizer: Recognizer): ReadonlyMap<number, ReadonlyMap<number, readonly Entry[]>> {
  const byProbe = new Map<number, Map<number, Entry[]>>();
  for (const subject of recognizer.subjects()) {
    const resolved = recognizer.resolve(subject);
    if (resolved === undefined) continue;
    const places = byProbe.get(resolved.probe) ?? new Map<number, Entry[]>();
    byProbe.set(resolved.probe, places);
    for (const [key, tally] of subject.tallies) {
      const place = resolved.source === 0 ? key : key ^ 1;
      const entry = { tally, subject, side: (key & 1) as Side };
      const there = places.get(place);
      if (there === undefined) places.set(place, [entry]);
      else there.push(entry);
    }
  }
  return byProbe;
}

function sightingsAt(places: ReadonlyMap<number, readonly Entry[]>, taps: readonly TapId[]): readonly TapSighting[] {
  return [...places]
    .sort(([a], [b]) => a - b)
    .flatMap(([place, entries]) => {
      const tap = taps[place >> 1];
      return tap === undefined ? [] : [sighting(tap, place, entries)];
    });
}

function sighting(tap: TapId, place: number, entries: readonly Entry[]): TapSighting {
  const tallies = entries.map(({ tally }) => tally);
  const total = (count: (tally: Tally) => number): number => tallies.reduce((sum, tally) => sum + count(tally), 0);
  return {
    tap,
    direction: (place & 1) === 0 ? "forward" : "reverse",
    variants: mergeVariants(tallies),
    // A packet that enters and leaves by one device (a one-armed router) is seen twice and counts once.
    packets: Math.max(
      total((tally) => tally.in),
      total((tally) => tally.out),
    ),
    flows: flowsOf(entries),
  };
}

/** Address translation makes two subjects of one flow, which then may both be seen at a tap. */
function flowsOf(entries: readonly Entry[]): readonly FlowAccount[] {
  const flows = new Map<string, FlowAccount>();
  for (const { tally, subject, side } of entries) {
    const first = subject.kind === "flow" ? subject.first[side] : undefined;
    const flow = tally.account.toFlow(nameOf(subject), first);
    const before = flows.get(flow.flow);
    flows.set(flow.flow, before === undefined ? flow : joined(before, flow));
  }
  return [...flows.values()];
}

function nameOf(subject: FlowSubject | PatternSubject): string {
  if (subject.kind === "pattern") return subject.flow;
  const [first] = subject.first.filter((_, side) => side === (subject.client ?? 0));
  return first === undefined ? subject.ports.join(":") : String(first);
}

function joined(a: FlowAccount, b: FlowAccount): FlowAccount {
  const sum = ({ from, to, times }: ReturnType<typeof alignPieces>[number]): Piece => ({
    from,
    to,
    times: times.reduce((total, count) => total + count, 0),
  });
  return {
    ...a,
    pieces: alignPieces([a.pieces, b.pieces]).map(sum),
    acks: a.acks + b.acks,
    sourcePorts: [...new Set([...a.sourcePorts, ...b.sourcePorts])],
    lastAt: Math.max(a.lastAt, b.lastAt),
    openings: [...a.openings, ...b.openings].sort((one, other) => one - other),
  };
}

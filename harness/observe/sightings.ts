import type { TapId } from "../encap/expectation.ts";
import type { TapSighting } from "./observation.ts";
import type { Recognizer } from "./recognizer.ts";
import { mergeVariants, type Tally } from "./tally.ts";

/** What the taps heard of each probe (by its position), sorted by tap and direction. */
export function sightingsOf(
  recognizer: Recognizer,
  taps: readonly TapId[],
): ReadonlyMap<number, readonly TapSighting[]> {
  const tallies = talliesByProbe(recognizer);
  return new Map([...tallies].map(([probe, places]) => [probe, sightingsAt(places, taps)]));
}

/** By probe, then by tap number times two, plus one for the reverse direction. */
function talliesByProbe(recognizer: Recognizer): ReadonlyMap<number, ReadonlyMap<number, readonly Tally[]>> {
  const byProbe = new Map<number, Map<number, Tally[]>>();
  for (const subject of recognizer.subjects()) {
    const resolved = recognizer.resolve(subject);
    if (resolved === undefined) continue;
    const places = byProbe.get(resolved.probe) ?? new Map<number, Tally[]>();
    byProbe.set(resolved.probe, places);
    for (const [key, tally] of subject.tallies) {
      const place = resolved.source === 0 ? key : key ^ 1;
      const there = places.get(place);
      if (there === undefined) places.set(place, [tally]);
      else there.push(tally);
    }
  }
  return byProbe;
}

function sightingsAt(places: ReadonlyMap<number, readonly Tally[]>, taps: readonly TapId[]): readonly TapSighting[] {
  return [...places]
    .sort(([a], [b]) => a - b)
    .flatMap(([place, tallies]) => {
      const tap = taps[place >> 1];
      return tap === undefined ? [] : [sighting(tap, place, tallies)];
    });
}

function sighting(tap: TapId, place: number, tallies: readonly Tally[]): TapSighting {
  const total = (count: (tally: Tally) => number): number => tallies.reduce((sum, tally) => sum + count(tally), 0);
  const retransmits = total((tally) => tally.retransmits);
  return {
    tap,
    direction: (place & 1) === 0 ? "forward" : "reverse",
    variants: mergeVariants(tallies),
    // A packet that enters and leaves by one device (a one-armed router) is heard twice and counts once.
    packets: Math.max(
      total((tally) => tally.in),
      total((tally) => tally.out),
    ),
    ...(retransmits === 0 ? {} : { retransmits }),
  };
}

import { groupBy } from "../core/group-by.ts";
import type { TapId } from "../encap/expectation.ts";
import { listOf, nameOfTap } from "../verify/words.ts";
import type { Crossing } from "./crossings.ts";

/** A way from one tap to the next on which packets are lost. */
export interface Place {
  readonly lossy: readonly Crossing[];
  /** All that goes that way, also what passes. */
  readonly all: readonly Crossing[];
}

/** The ways of lossy crossings, those with most losses first, each with everything that goes there. */
export function placesOf(lossy: readonly Crossing[], all: readonly Crossing[]): readonly Place[] {
  const everything = groupBy(all, (crossing) => keyOf(waysIn(crossing)));
  return [...groupBy(lossy, (crossing) => keyOf(waysIn(crossing)))]
    .map(([key, own]): Place => ({ lossy: own, all: everything.get(key) ?? own }))
    .toSorted((a, b) => b.lossy.length - a.lossy.length);
}

/** "in tor (tor/eth0 to tor/eth1, and back)", "on the way from a1/eth0 to tor/eth0" */
export function placesInWords(places: readonly Place[]): string {
  const ways = places.flatMap(({ lossy: [first] }) => (first === undefined ? [] : [waysIn(first)]));
  const keys = new Set(ways.map(keyOf));
  const told = new Set<string>();
  const words = ways.flatMap(({ from, to, inside }) => {
    if (told.has(`${from} ${to}`)) return [];
    const back = keys.has(`${to} ${from}`);
    told.add(`${to} ${from}`);
    const way = `${from} to ${to}${back ? ", and back" : ""}`;
    return [inside === undefined ? `on the way from ${way}` : `in ${inside} (${way})`];
  });
  return listOf(words);
}

interface Way {
  readonly from: string;
  readonly to: string;
  /** The node or router that both ends are in. */
  readonly inside?: string;
}

function waysIn({ last, missed, path, direction }: Crossing): Way {
  const [sender, receiver] = direction === "forward" ? [path.source, path.target] : [path.target, path.source];
  const to = missed.device === receiver.pod ? `pod ${receiver.pod}` : wordFor(missed);
  if (last === undefined)
    return { from: sender.pod === undefined ? `${sender.node} itself` : `pod ${sender.pod}`, to, inside: missed.node };
  const from = wordFor(last);
  return last.node === missed.node ? { from, to, inside: missed.node } : { from, to };
}

/** A node's pods are one place: each has a device of its own. */
function wordFor(tap: TapId): string {
  if (tap.device === tap.node) return `${tap.node} itself`;
  return tap.device.startsWith("cali") ? `${tap.node}'s pods` : nameOfTap(tap);
}

function keyOf({ from, to }: Way): string {
  return `${from} ${to}`;
}

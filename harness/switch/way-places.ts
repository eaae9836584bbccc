import type { ExpectedHop, TapId } from "../encap/expectation.ts";
import { isSameTap } from "../encap/taps.ts";
import type { Turn } from "./direction-figures.ts";
import type { Place } from "./place.ts";
import { wireForms } from "./wire-form.ts";

/** What each tap is on the way of one direction, in the old mode and the new. Pure. */
export function placesOnWay(
  { before, after }: Turn,
  taps: readonly TapId[],
  underlay: readonly TapId[],
): ReadonlyMap<TapId, Place> {
  const ways = [before, after];
  const whole = ways.find(({ dies }) => dies === undefined) ?? before;
  const hops = ways.flatMap((way) => way.hops);
  const forms = new Set(ways.flatMap((way) => (way.underlay === "none" ? [] : [wireForms.indexOf(way.underlay)])));
  const first = whole.hops[0];
  const last = whole.dies === undefined ? whole.hops.at(-1) : undefined;
  const exit = whole.hops.find(isUplink);
  return new Map(
    taps.map((tap) => {
      const here = hops.filter((hop) => isSameTap(hop.tap, tap));
      const is = (hop: ExpectedHop | undefined): boolean => hop !== undefined && isSameTap(hop.tap, tap);
      return [
        tap,
        {
          tap: `${tap.node}/${tap.device}`,
          isFirst: is(first),
          isLast: is(last),
          isExit: is(exit),
          isUnderlay: underlay.some((other) => isSameTap(other, tap)),
          allowed: forms,
          offTheWay: here.length === 0,
        },
      ] as const;
    }),
  );
}

/** The node whose uplink a direction leaves by; missing where it stays on one node. */
export function exitNode({ before, after }: Turn): string | undefined {
  return [before, after].flatMap(({ hops }) => hops.find(isUplink) ?? [])[0]?.tap.node;
}

function isUplink({ role }: ExpectedHop): boolean {
  return role === "source-uplink" || role === "target-uplink";
}

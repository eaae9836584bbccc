import { isSameAddress } from "../topology/same-address.ts";
import type { Probe } from "../probe/probe.ts";

/** Tells by addresses on which of its ways a packet of a probe is: before a node that translates it, or beyond. */
export class FurtherWays {
  /** By the position of the probe that is sent. */
  readonly #beyond = new Map<number, { readonly index: number; readonly before: readonly [string, string] }>();

  constructor(probes: readonly Probe[]) {
    if (probes.every(({ beyond }) => beyond === undefined)) return;
    const sent = new Map(probes.flatMap((probe, index) => (probe.beyond ? [] : [[keyOf(probe), index] as const])));
    probes.forEach((probe, index) => {
      const own = probe.beyond === undefined ? undefined : sent.get(keyOf(probe));
      if (own !== undefined && probe.beyond !== undefined) this.#beyond.set(own, { index, before: probe.beyond });
    });
  }

  /** The position of the probe that a packet between two addresses counts for. */
  of(probe: number, one: string, other: string): number {
    const beyond = this.#beyond.get(probe);
    if (beyond === undefined) return probe;
    const isBefore = beyond.before.every((end) => isSameAddress(end, one) || isSameAddress(end, other));
    return isBefore ? probe : beyond.index;
  }
}

function keyOf({ token }: Probe): string {
  return JSON.stringify(token);
}

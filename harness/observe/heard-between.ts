import type { ProbeObservation } from "./observation.ts";

/** When the first and the last packet of some probes were seen, anywhere. */
export interface Heard {
  /** Seconds since the epoch. */
  readonly from: number;
  readonly until: number;
}

/** The time that the packets of a path took on the wires; undefined where none was seen. Pure. */
export function heardBetween(observations: readonly ProbeObservation[]): Heard | undefined {
  const sightings = observations.flatMap((observation) => observation.sightings);
  const firsts = sightings.flatMap(({ variants }) => variants.map(({ firstPacket }) => firstPacket.time));
  const lasts = sightings.flatMap(({ flows }) => flows.map(({ lastAt }) => lastAt));
  if (firsts.length === 0) return undefined;
  const from = firsts.reduce((least, time) => Math.min(least, time));
  return { from, until: [...firsts, ...lasts].reduce((most, time) => Math.max(most, time), from) };
}

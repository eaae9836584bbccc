/** Chance by which a right network is called unequal, for one backend, source and protocol: a run with a hundred of these is wrong once in 10 000. */
export const rareShare = 1e-6;

/** The fewest connections of which no backend of several is left out by chance: (1 - 1/backends)^n is at most `rareShare`. 20 for two, 35 for three. */
export function connectionsToTell(backends: number): number {
  return Math.ceil(Math.log(rareShare) / Math.log(1 - 1 / backends));
}

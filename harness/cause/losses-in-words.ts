import type { Plan } from "../topology/plan.ts";
import { packetsOf, type Crossing } from "./crossings.ts";
import { sharedBy } from "./shared-by.ts";
import { traitsOf } from "./traits.ts";

/**
 * What was lost in a place, of all that crossed it: where whole paths end and others pass, which paths these are ("all packets (12 of 12) of
 * paths that all start at a1"); else what the lost packets have in common.
 */
export function lossesInWords(lossy: readonly Crossing[], all: readonly Crossing[], plan: Plan): string {
  const losing = new Set(lossy.map(keyOf));
  const own = all.filter((crossing) => losing.has(keyOf(crossing)));
  const others = all.filter((crossing) => !losing.has(keyOf(crossing)));
  const [came, lost] = [packetsOf(own, "came"), packetsOf(own, "lost")];
  // Where a path has but one kind of packets, it may be the kind that counts.
  const kinds = new Set(own.flatMap(({ lots }) => lots.map(({ protocol }) => protocol)));
  if (others.length === 0 || lost < came || kinds.size < 2) return traitsOf(all.flatMap(({ lots }) => lots));
  const scope = sharedBy(pathsOf(own), pathsOf(all), plan);
  return `all packets (${lost} of ${came}) of ${scope === "" ? `${pathsOf(own).length} of ${pathsOf(all).length} paths` : `paths that ${scope}`}`;
}

function keyOf({ path, direction }: Crossing): string {
  return `${path.id} ${direction}`;
}

function pathsOf(crossings: readonly Crossing[]): readonly Crossing["path"][] {
  return [...new Map(crossings.map(({ path }) => [path.id, path])).values()];
}

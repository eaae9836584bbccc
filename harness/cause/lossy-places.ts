import { groupBy } from "../core/group-by.ts";
import type { Incident } from "./cause.ts";
import { crossedBy, isLossy, type Crossing } from "./crossings.ts";

/** A node, router or pod in which packets of failing paths may have ended. */
export interface LossyPlace {
  readonly place: string;
  readonly lossy: readonly Crossing[];
}

/** Where packets of failing paths were lost, the places with most such paths first. */
export function lossyPlaces({ failed, crossings }: Incident): readonly LossyPlace[] {
  const failing = new Set(failed.map(({ id }) => id));
  const lossy = crossings.filter((crossing) => failing.has(crossing.path.id) && isLossy(crossing));
  const found = lossy.flatMap((crossing) => crossedBy(crossing).map((place) => ({ place, crossing })));
  return [...groupBy(found, ({ place }) => place)]
    .map(([place, own]): LossyPlace => ({ place, lossy: own.map(({ crossing }) => crossing) }))
    .toSorted((a, b) => b.lossy.length - a.lossy.length);
}

/** Ids of the paths that lost packets there. */
export function pathsIn({ lossy }: LossyPlace): readonly string[] {
  return [...new Set(lossy.map(({ path }) => path.id))];
}

import { groupBy } from "../core/group-by.ts";
import type { Incident } from "./cause.ts";
import { crossedBy, isLossy, type Crossing } from "./crossings.ts";

/** A node, router or pod in which packets of failing paths may have ended. */
export interface LossyPlace {
  readonly place: string;
  readonly lossy: readonly Crossing[];
}

/** Where packets of failing paths were lost, the places with most such paths first. */
export function lossyPlaces(incident: Incident): readonly LossyPlace[] {
  const found = lossyCrossings(incident).flatMap((crossing) =>
    crossedBy(crossing).map((place) => ({ place, crossing })),
  );
  return [...groupBy(found, ({ place }) => place)]
    .map(([place, own]): LossyPlace => ({ place, lossy: own.map(({ crossing }) => crossing) }))
    .toSorted((a, b) => b.lossy.length - a.lossy.length);
}

/** Where on their ways failing paths lost packets. */
export function lossyCrossings({ failed, crossings }: Incident): readonly Crossing[] {
  const failing = new Set(failed.map(({ id }) => id));
  return crossings.filter((crossing) => failing.has(crossing.path.id) && isLossy(crossing));
}

/** Ids of the paths that lost packets there. */
export function pathsIn({ lossy }: Pick<LossyPlace, "lossy">): readonly string[] {
  return [...new Set(lossy.map(({ path }) => path.id))];
}

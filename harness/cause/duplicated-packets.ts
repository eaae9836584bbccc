import { groupBy } from "../core/group-by.ts";
import { type Cause, type Rule, shownLines } from "./cause.ts";
import { crossedBy, type Crossing } from "./crossings.ts";
import { withRewrites } from "./rewrites.ts";
import { placesInWords, placesOf, type Place } from "./places.ts";

/** Somebody on the way sends packets more than once: a mirror, a bond that sends both copies, or a bridge with a loop. */
export const duplicatedPackets: Rule = {
  name: "duplicated-packets",
  find: (incident) => {
    const { crossings, failed } = incident;
    const wrong = new Set(failed.filter(({ category }) => category === "duplicated on the way").map(({ id }) => id));
    const grown = crossings.filter(({ path, lots }) => wrong.has(path.id) && lots.some(({ extra }) => extra > 0));
    const places = placesOf(grown, crossings);
    // Copies are lost again later where they come to a pod twice: what counts is where they begin.
    return [...groupBy(places, nodesOf).values()].map((own) =>
      withRewrites(incident, causeOf(own), /\bdup to\b|-j TEE/),
    );
  },
};

function nodesOf({ lossy: [first] }: Place): string {
  return first === undefined ? "" : crossedBy(first).toSorted().join(" ");
}

function causeOf(places: readonly Place[]): Cause {
  const own = places.flatMap(({ lossy }) => lossy);
  const words = places.map((place) => `${placesInWords([place])}: ${count(place.lossy)}`);
  return {
    name: "duplicated-packets",
    sentence: `packets are sent more than once ${placesInWords(places)}: ${count(own)}`,
    fix: "look there for a port mirror (nft dup, tc mirred), a bond in broadcast mode, or a loop of bridges",
    issues: [],
    evidence: words.slice(0, shownLines),
    explains: [...new Set(own.map(({ path }) => path.id))],
  };
}

function count(crossings: readonly Crossing[]): string {
  const lots = crossings.flatMap(({ lots: own }) => own).filter(({ extra }) => extra > 0);
  const came = lots.reduce((total, lot) => total + lot.came, 0);
  return `${came} became ${came + lots.reduce((total, lot) => total + lot.extra, 0)}`;
}

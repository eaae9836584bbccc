import type { Verdict } from "../verify/verdict.ts";
import { type Cause, type Incident, type Rule, shownLines } from "./cause.ts";
import { grownOn } from "./counters.ts";
import { withRewrites } from "./rewrites.ts";
import { crossedBy, type Crossing } from "./crossings.ts";
import { lossyCrossings, pathsIn } from "./lossy-places.ts";

/** A counter of the kernel's whose growth says why packets ended. */
export interface TellingCounter {
  readonly counter: RegExp;
  /** Follows the place's name; $1, $2 stand for parts of the counter's. */
  readonly words: string;
  readonly fix: string;
  readonly issues: readonly string[];
  /** Words of foreign rules that make it grow: where there is one in that place, the cause names it. */
  readonly rewrites?: RegExp;
  /** Bytes of the smallest packet that it can have counted; missing = any. */
  readonly least?: number;
}

/**
 * A rule about counters that grew in places where packets were lost; the kinds in the order in which they tell most. Of those that grow for
 * other reasons too, only one that counted about as much as was lost there says why.
 */
export function ofCounters(name: string, kinds: readonly TellingCounter[], weak = false): Rule {
  return {
    name,
    find: (incident) => {
      const lossy = lossyCrossings(incident);
      const places = [...new Set([...lossy.flatMap(crossedBy), ...incident.failed.flatMap(machineOf)])];
      return places.flatMap((place): readonly Cause[] => {
        const own = lossy.filter((crossing) => crossedBy(crossing).includes(place));
        const least = weak ? packetsLost(own) / 2 : 0;
        const told = tellingOn(incident, place, kinds).filter(
          ({ grown, kind }) => grown >= least && (own.length === 0 || largestLost(own) >= (kind.least ?? 0)),
        );
        const [first] = told;
        if (first === undefined) return [];
        const cause: Cause = {
          name,
          sentence: `${place} ${first.words} (${first.grown} during the probes)`,
          fix: first.kind.fix,
          issues: first.kind.issues,
          evidence: told.map(({ counter, grown }) => `${place}: ${counter} +${grown}`).slice(0, shownLines),
          explains: own.length > 0 ? pathsIn({ lossy: own }) : verdictsOn(incident, place),
        };
        const { rewrites } = first.kind;
        return [rewrites === undefined ? cause : withRewrites(incident, cause, rewrites)];
      });
    },
  };
}

function largestLost(crossings: readonly Crossing[]): number {
  const lots = crossings.flatMap((crossing) => crossing.lots).filter(({ lost }) => lost > 0);
  return Math.max(0, ...lots.map(({ bytes }) => bytes));
}

/** Packets that ended there; not TCP's data, of which the kernel counts many segments as one. */
function packetsLost(crossings: readonly Crossing[]): number {
  const lots = crossings.flatMap((crossing) => crossing.lots).filter(({ kind }) => kind !== "data");
  return lots.reduce((total, { lost }) => total + lost, 0);
}

/** Checks that ask counters themselves, whatever was lost. */
const ofMachines: ReadonlySet<string> = new Set(["connection-tracking", "interface-errors"]);

function machineOf({ check, id }: Verdict): readonly string[] {
  return ofMachines.has(check) ? [id.split("/").at(-1) ?? ""] : [];
}

function verdictsOn({ failed }: Incident, place: string): readonly string[] {
  return failed.filter((verdict) => machineOf(verdict).includes(place)).map(({ id }) => id);
}

interface Told {
  readonly kind: TellingCounter;
  readonly counter: string;
  readonly grown: number;
  readonly words: string;
}

function tellingOn(incident: Incident, place: string, kinds: readonly TellingCounter[]): readonly Told[] {
  const grown = grownOn(incident, place);
  return kinds.flatMap((kind) =>
    grown
      .filter(([counter]) => kind.counter.test(counter))
      .map(([counter, more]) => ({ kind, counter, grown: more, words: counter.replace(kind.counter, kind.words) })),
  );
}

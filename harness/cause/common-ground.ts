import { groupBy } from "../core/group-by.ts";
import type { Path } from "../encap/path.ts";
import type { Plan } from "../topology/plan.ts";
import type { Verdict } from "../verify/verdict.ts";
import { listOf } from "../verify/words.ts";
import { type Cause, type Incident, type Rule, shownLines } from "./cause.ts";
import { crossedBy, isLossy, type Crossing } from "./crossings.ts";
import { lossesInWords } from "./losses-in-words.ts";
import { placesInWords, placesOf, type Place } from "./places.ts";
import { sharedBy } from "./shared-by.ts";
import { traitsOf } from "./traits.ts";

/** No rule fits: says where packets are lost and what those that are have in common, or what the failing paths have that others have not. */
export const commonGround: Rule = {
  name: "common-ground",
  find: (incident) => {
    const failing = new Set(incident.failed.map(({ id }) => id));
    const crossings = incident.crossings.filter(({ path }) => failing.has(path.id));
    const places = placesOf(crossings.filter(isLossy), incident.crossings);
    const lost = placesAlike(incident, places);
    const explained = new Set(lost.flatMap(({ explains }) => explains));
    const left = incident.failed.filter(({ id }) => !explained.has(id));
    return [...lost, ...judged(incident, left)];
  },
};

/** Places in which packets of one kind are lost are told together: a rule that somebody put on all nodes is one cause. */
function placesAlike({ network: { plan } }: Incident, places: readonly Place[]): readonly Cause[] {
  const alike = groupBy(places, ({ all }) => traitsOf(lotsOf(all)).replace(/ \(.*/, ""));
  return [...alike.values()]
    .map((own): Cause => {
      const lossy = own.flatMap(({ lossy: some }) => some);
      const all = own.flatMap((place) => place.all);
      const paths = [...new Set(lossy.map(({ path }) => path.id))];
      const words = lossesInWords(lossy, all, plan);
      const scope = words.includes(" paths") ? "" : sharedBy(pathsOf(lossy), pathsOf(all), plan);
      return {
        name: "common-ground",
        sentence: `lost ${placesInWords(own)}: ${words}${scope === "" ? "" : `; the paths concerned ${scope}`}`,
        fix: fixFor(lossy),
        issues: [],
        evidence: own.map((place) => `${placesInWords([place])}: ${traitsOf(lotsOf(place.all))}`).slice(0, shownLines),
        explains: paths,
      };
    })
    .toSorted((a, b) => b.explains.length - a.explains.length);
}

function lotsOf(crossings: readonly Crossing[]): Crossing["lots"] {
  return crossings.flatMap(({ lots }) => lots);
}

function pathsOf(crossings: readonly Crossing[]): readonly Path[] {
  return [...new Map(crossings.map(({ path }) => [path.id, path])).values()];
}

function fixFor(lossy: readonly Crossing[]): string {
  const nodes = listOf([...new Set(lossy.flatMap(crossedBy))].slice(0, shownLines));
  return `look on ${nodes} at packet filters that do not count (nft list ruleset), queues (tc -s qdisc; tc filter show), XDP programs (ip link), and at the wire itself`;
}

/** Failures in which nothing was lost: by check, what the paths have in common. */
function judged({ asked, failed, network: { plan } }: Incident, left: readonly Verdict[]): readonly Cause[] {
  const paths = new Map(asked.map(({ expectation: { path } }) => [path.id, path]));
  const concerned = left.filter(({ id }) => paths.has(id));
  if (concerned.length === 0) return [];
  const wrong = [...new Set(concerned.flatMap(({ id }) => paths.get(id) ?? []))];
  const [first] = concerned;
  const isFlooded = concerned.every(isForAnother);
  const checks = listOf([...new Set(concerned.map(({ check }) => check))]);
  return [
    {
      name: "common-ground",
      sentence: `${checks} failed on ${scopeOf(wrong, [...paths.values()], plan)}: ${(first?.reason ?? "").split("; ")[0] ?? ""}${isFlooded ? "; the frames are for another machine's MAC: their segment floods them" : ""}`,
      fix: isFlooded
        ? "see at which port the switch knows that MAC (bridge fdb show; its table of addresses), whether its ports learn and for how long, and for a port that mirrors another"
        : "compare a failing path with one that passes",
      issues: [],
      evidence: [...new Set(concerned.flatMap(({ reason }) => reason ?? []))].slice(0, shownLines),
      explains: [...new Set(failed.filter(({ id }) => wrong.some((path) => path.id === id)).map(({ id }) => id))],
    },
  ];
}

/** A tap saw frames that were not for its own machine (PACKET_OTHERHOST, packet(7)): a switch that knows no port for a MAC sends to all. */
function isForAnother({ check, evidence }: Verdict): boolean {
  const frames = evidence.filter((line) => line.startsWith("  SLL2 "));
  return check === "no-leak" && frames.length > 0 && frames.every((line) => line.includes(" other "));
}

/** "pod-to-pod a1 to b1 (cross-subnet)", "3 paths, which all start at a1", "3 paths that have nothing in common" */
function scopeOf(wrong: readonly Path[], all: readonly Path[], plan: Plan): string {
  const [only] = wrong;
  if (only !== undefined && wrong.length === 1)
    return `one path alone, ${only.traffic} from ${only.source.node} to ${only.target.node} (${only.locality}, IPv${only.family})`;
  const scope = sharedBy(wrong, all, plan);
  if (wrong.length === all.length) return `all ${all.length} paths`;
  return `${wrong.length} of ${all.length} paths${scope === "" ? ", which have nothing in common that others have not" : `, which ${scope}`}`;
}

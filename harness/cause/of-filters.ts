import { groupBy } from "../core/group-by.ts";
import type { DropFact } from "../dataplane/node-facts.ts";
import { type Cause, type Incident, type Rule, shownLines } from "./cause.ts";
import { couldDrop } from "./could-drop.ts";
import { crossedBy, isLossy, type Crossing } from "./crossings.ts";
import { dropInWords, dropsOn, type Guilty } from "./drops.ts";
import { filterInWords } from "./filter-words.ts";
import { traitsOf } from "./traits.ts";

interface FilterRule {
  readonly name: string;
  readonly issues: readonly string[];
  readonly fix: string;
  /** Which rules of packet filters it is about. */
  readonly chosen: (drop: DropFact) => boolean;
  readonly sentence: (nodes: readonly string[], drop: string) => string;
}

/** A rule about packet filters on nodes and routers in which packets are lost: their counters grew, or they do not count and fit what is lost. */
export function ofFilters(rule: FilterRule): Rule {
  return {
    name: rule.name,
    find: (incident) => {
      const { network, crossings, failed } = incident;
      const failing = new Set(failed.map(({ id }) => id));
      const lossy = crossings.filter((crossing) => failing.has(crossing.path.id) && isLossy(crossing));
      const places = [...network.facts.nodes, ...(network.facts.routers ?? []), ...(network.facts.pods ?? [])]
        .map(({ node }) => ({ node, lossy: lossy.filter((crossing) => crossedBy(crossing).includes(node)) }))
        .map((place) => ({ ...place, drops: suspects(rule, incident, place) }))
        .filter(({ drops }) => drops.length > 0)
        .toSorted((a, b) => b.lossy.length - a.lossy.length);
      return [...groupBy(places, ruleOf).values()].map((own) => causeOf(rule, incident, own));
    },
  };
}

type LossyPlace = Omit<FilterPlace, "drops">;

function suspects({ chosen }: FilterRule, incident: Incident, { node, lossy }: LossyPlace): readonly Guilty[] {
  return dropsOn(incident, node).filter(({ drop }) => chosen(drop) && couldDrop(drop, lossy));
}

/** Felix names a chain to or from a workload by the workload's device. */
const ofOnePod = /(cali-[ft]w-)cali[0-9a-f]+/;

interface FilterPlace {
  readonly node: string;
  readonly drops: readonly Guilty[];
  readonly lossy: readonly Crossing[];
}

/** The same rule on several nodes, and in the chains of several pods, is one cause: whoever wrote it wrote it everywhere. */
function ruleOf({ drops: [first] }: FilterPlace): string {
  return first === undefined
    ? ""
    : `${first.drop.where.replace(ofOnePod, "$1")} ${first.drop.rule} ${first.grown === undefined ? "" : "counts"}`;
}

function causeOf(rule: FilterRule, { crossings }: Incident, places: readonly FilterPlace[]): Cause {
  const { name, issues, fix, sentence } = rule;
  const lossy = places.flatMap((place) => place.lossy);
  const [first] = places.flatMap(({ drops }) => drops);
  const grown = places.reduce((sum, { drops: [drop] }) => sum + (drop?.grown ?? 0), 0);
  const ways = new Set(lossy.map(wayOf));
  const lots = crossings.filter((crossing) => ways.has(wayOf(crossing))).flatMap((crossing) => crossing.lots);
  const words = first === undefined ? "" : dropInWords({ drop: first.drop, ...(grown === 0 ? {} : { grown }) });
  return {
    name,
    sentence: `${sentence(places.map(({ node }) => node).toSorted(), words)}; lost there: ${traitsOf(lots)}`,
    fix,
    issues,
    evidence: places.flatMap(({ node, drops }) => drops.map((drop) => lineOf(node, drop))).slice(0, shownLines),
    explains: [...new Set(lossy.map(({ path }) => path.id))],
  };
}

function lineOf(node: string, { drop, grown }: Guilty): string {
  const counted = grown === undefined ? "does not count" : `+${grown} during the probes`;
  return `${node}: ${filterInWords(drop)} (${counted})`;
}

function wayOf({ last, missed }: Crossing): string {
  return `${last?.node ?? ""}/${last?.device ?? ""} ${missed.node}/${missed.device}`;
}

import { groupBy } from "../core/group-by.ts";
import type { DropFact } from "../dataplane/node-facts.ts";
import { type Cause, type Incident, type Rule, shownLines } from "./cause.ts";
import { couldDrop } from "./could-drop.ts";
import { crossedBy, isLossy, packetsOf, type Crossing } from "./crossings.ts";
import { lossesInWords } from "./losses-in-words.ts";
import { dropInWords, dropsOn, type Guilty } from "./drops.ts";
import { filterInWords } from "./filter-words.ts";

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

/** Rules that a sentence names. */
const mostTold = 3;

/** The first rule, and of the others those that may have ended what the ones before them let pass: UDP beside TCP. */
function toldOf({ drops, lossy }: FilterPlace): readonly Guilty[] {
  const told: Guilty[] = [];
  let left = lossy;
  for (const guilty of drops) {
    const rest = withoutLots(left, guilty.drop);
    if (told.length > 0 && (told.length === mostTold || packetsOf(rest, "lost") === packetsOf(left, "lost"))) continue;
    told.push(guilty);
    left = rest;
  }
  return told;
}

/** What is lost there and cannot have ended at a rule. */
function withoutLots(lossy: readonly Crossing[], drop: DropFact): readonly Crossing[] {
  return lossy.map((crossing) => ({
    ...crossing,
    lots: crossing.lots.filter((lot) => !couldDrop(drop, [{ ...crossing, lots: [lot] }])),
  }));
}

/** Felix names a chain to or from a workload by the workload's device. */
const ofOnePod = /(cali-[ft]w-)cali[0-9a-f]+/;

interface FilterPlace {
  readonly node: string;
  readonly drops: readonly Guilty[];
  readonly lossy: readonly Crossing[];
}

/** The same rule on several nodes, and in the chains of several pods, is one cause: whoever wrote it wrote it everywhere. */
function ruleOf(place: FilterPlace): string {
  return toldOf(place)
    .map(
      ({ drop, grown }) => `${drop.where.replace(ofOnePod, "$1")} ${drop.rule} ${grown === undefined ? "" : "counts"}`,
    )
    .join("; ");
}

function causeOf(rule: FilterRule, { crossings, network }: Incident, places: readonly FilterPlace[]): Cause {
  const { name, issues, fix, sentence } = rule;
  const lossy = places.flatMap((place) => place.lossy);
  const told = places.map(toldOf);
  const ways = new Set(lossy.map(wayOf));
  const all = crossings.filter((crossing) => ways.has(wayOf(crossing)));
  const words = (told[0] ?? []).map(({ drop }, index) => {
    const grown = told.reduce((sum, own) => sum + (own[index]?.grown ?? 0), 0);
    return dropInWords({ drop, ...(grown === 0 ? {} : { grown }) });
  });
  return {
    name,
    sentence: `${sentence(places.map(({ node }) => node).toSorted(), words.join("; and "))}; lost there: ${lossesInWords(lossy, all, network.plan)}`,
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

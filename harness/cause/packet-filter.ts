import { groupBy } from "../core/group-by.ts";
import { listOf } from "../verify/words.ts";
import type { Cause, Incident, Rule } from "./cause.ts";
import { couldDrop } from "./could-drop.ts";
import { crossedBy, isLossy, type Crossing } from "./crossings.ts";
import { dropInWords, dropsOn, type Guilty } from "./drops.ts";
import { traitsOf } from "./traits.ts";

/** A packet filter ends packets on a node or router in which packets are lost: its counter grew, or it does not count and fits what is lost. */
export const packetFilter: Rule = {
  name: "packet-filter",
  find: (incident) => {
    const { network, crossings, failed } = incident;
    const failing = new Set(failed.map(({ id }) => id));
    const lossy = crossings.filter((crossing) => failing.has(crossing.path.id) && isLossy(crossing));
    const places = [...network.facts.nodes, ...(network.facts.routers ?? [])]
      .map(({ node }) => ({ node, lossy: lossy.filter((crossing) => crossedBy(crossing).includes(node)) }))
      .map((place) => ({ ...place, drops: dropsOn(incident, place.node).filter((one) => fits(one, place.lossy)) }))
      .filter(({ drops }) => drops.length > 0)
      .toSorted((a, b) => b.lossy.length - a.lossy.length);
    return [...groupBy(places, ruleOf).values()].map((own) => causeOf(incident, own));
  },
};

interface FilterPlace {
  readonly node: string;
  readonly drops: readonly Guilty[];
  readonly lossy: readonly Crossing[];
}

function fits({ drop }: Guilty, lossy: readonly Crossing[]): boolean {
  return couldDrop(drop, lossy);
}

/** Lines of evidence that a cause shows. */
const shown = 6;

/** The same rule on several nodes is one cause: whoever wrote it wrote it everywhere. */
function ruleOf({ drops: [first] }: FilterPlace): string {
  return first === undefined
    ? ""
    : `${first.drop.where} ${first.drop.rule} ${first.grown === undefined ? "" : "counts"}`;
}

function causeOf({ crossings }: Incident, places: readonly FilterPlace[]): Cause {
  const lossy = places.flatMap((place) => place.lossy);
  const [first] = places.flatMap(({ drops }) => drops);
  const grown = places.reduce((sum, { drops: [drop] }) => sum + (drop?.grown ?? 0), 0);
  const ways = new Set(lossy.map(wayOf));
  const lots = crossings.filter((crossing) => ways.has(wayOf(crossing))).flatMap((crossing) => crossing.lots);
  const nodes = places.map(({ node }) => node).toSorted();
  const rule = first === undefined ? "" : dropInWords({ drop: first.drop, ...(grown === 0 ? {} : { grown }) });
  return {
    name: "packet-filter",
    sentence: `${listOf(nodes)} ${nodes.length === 1 ? "drops" : "drop"} packets: ${rule}; lost there: ${traitsOf(lots)}`,
    fix: "let the pods' and the tunnel's packets pass there; Docker's FORWARD policy: iptables -P FORWARD ACCEPT",
    issues: ["#2230", "kubernetes/kubernetes#108718", "#7434", "#2700"],
    evidence: places.flatMap(({ node, drops }) => drops.map((drop) => lineOf(node, drop))).slice(0, shown),
    explains: [...new Set(lossy.map(({ path }) => path.id))],
  };
}

function lineOf(node: string, { drop, grown }: Guilty): string {
  const counted = grown === undefined ? "does not count" : `+${grown} during the probes`;
  return `${node}: ${drop.where}: ${drop.rule} (${counted})`;
}

function wayOf({ last, missed }: Crossing): string {
  return `${last?.node ?? ""}/${last?.device ?? ""} ${missed.node}/${missed.device}`;
}

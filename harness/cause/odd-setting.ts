import type { DataplaneFacts } from "../dataplane/dataplane.ts";
import type { NodeFacts } from "../dataplane/node-facts.ts";
import type { Incident, Rule } from "./cause.ts";
import { crossedBy } from "./crossings.ts";
import { lossyPlaces, pathsIn, type LossyPlace } from "./lossy-places.ts";
import { harmIn, settingsOf } from "./settings.ts";
import { lossesInWords } from "./losses-in-words.ts";
import { listOf } from "../verify/words.ts";

/** Packets are lost in a place whose kernel is set otherwise than those of its kind, or in a way that ends packets anywhere. */
export const oddSetting: Rule = {
  name: "odd-setting",
  find: (incident) =>
    lossyPlaces(incident).flatMap((place) => {
      const odd = oddIn(incident, place);
      const [first] = odd;
      if (first === undefined) return [];
      const here = incident.crossings.filter((crossing) => crossedBy(crossing).includes(place.place));
      return [
        {
          name: "odd-setting",
          sentence: `${place.place} loses packets, and its kernel is set otherwise: ${listOf(odd.slice(0, mostTold))}; lost there: ${lossesInWords(place.lossy, here, incident.network.plan)}`,
          fix: "set it as it is elsewhere (sysctl -w), and see who set it: a hardening script, /etc/sysctl.d, a tuning operator",
          issues: ["#3270"],
          evidence: odd.map((words) => `${place.place}: ${words}`).slice(0, shown),
          explains: pathsIn(place),
        },
      ];
    }),
};

/** Settings that a sentence names; more are evidence. */
const mostTold = 3;

/** Lines of evidence that a cause shows. */
const shown = 12;

/** "ipv4.conf.eth0.arp_ignore is 8, elsewhere 0: …", the harmful first. */
function oddIn({ network: { facts } }: Incident, { place, lossy }: LossyPlace): readonly string[] {
  const families = new Set(lossy.map(({ path }) => path.family));
  const peers = peersOf(facts, place);
  const own = peers.find(({ node }) => node === place);
  if (own === undefined) return [];
  const others = peers.filter((peer) => peer !== own).map(settingsOf);
  const found = [...settingsOf(own)].flatMap(([key, { name, value }]) => {
    if ((name.startsWith("ipv6.") && !families.has(6)) || (name.startsWith("ipv4.") && !families.has(4))) return [];
    const harm = harmIn(key, value);
    const elsewhere = [...new Set(others.flatMap((settings) => settings.get(key)?.value ?? []))];
    const [usual] = elsewhere;
    const isOdd = usual !== undefined && elsewhere.length === 1 && usual !== value;
    if (harm === undefined && !isOdd) return [];
    const compared = isOdd ? `, elsewhere ${usual}` : "";
    return [
      { words: `${name} is ${value}${compared}${harm === undefined ? "" : ` (${harm})`}`, isHarm: harm !== undefined },
    ];
  });
  const bound = own.links.flatMap(({ device, master }) =>
    master === undefined ? [] : [{ words: `${device} is a part of ${master}`, isHarm: false }],
  );
  return [...found, ...bound].toSorted((a, b) => Number(b.isHarm) - Number(a.isHarm)).map(({ words }) => words);
}

/** Nodes, routers or pods: whatever the place is one of. */
function peersOf({ nodes, routers = [], pods = [] }: DataplaneFacts, place: string): readonly NodeFacts[] {
  return [nodes, routers, pods].find((kind) => kind.some(({ node }) => node === place)) ?? [];
}

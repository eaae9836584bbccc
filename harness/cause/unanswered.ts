import type { Trouble } from "../verify/trouble.ts";
import type { Incident } from "./cause.ts";
import { factsOf } from "./counters.ts";
import { dropInWords, dropsOn } from "./drops.ts";
import { harmIn, settingsOf } from "./settings.ts";

/** Settings that keep a machine from answering who asks for its address. */
const ofNeighbors = /arp_ignore|arp_filter|mcast_solicit|gc_thresh3/;

/** Rules of packet filters that end the questions or their answers: ARP (RFC 826), neighbor discovery (RFC 4861). */
const ofQuestions = { 4: /\barp\b/, 6: /\bnd-|\bicmpv6\b|\bipv6-icmp\b/ } as const;

/** Why nobody answers who asks for an address: what is set on the one that should, a pod's node where that is a pod's gateway, or a filter on either. */
export function unanswered(incident: Incident, name: string, { text, peer }: Trouble): string | undefined {
  if (!text.includes("nobody answers")) return undefined;
  const { network } = incident;
  const other = peer ?? network.identities.pods.find((pod) => pod.name === name)?.node;
  const family = /who has (?:its gateway )?[0-9a-f]*:/.test(text) ? 6 : 4;
  const set = other === undefined ? [] : settingsAgainst(incident, other, family);
  if (set.length > 0) return `on ${other ?? ""} ${set.slice(0, mostTold).join(", ")}`;
  const filters = [...(other === undefined ? [] : [other]), name].flatMap((place) =>
    dropsOn(incident, place)
      .filter(({ drop: { where, rule } }) => ofQuestions[family].test(`${where} ${rule}`))
      .map((drop) => `on ${place} ${dropInWords(drop)}`),
  );
  return filters[0];
}

function settingsAgainst({ network }: Incident, place: string, family: 4 | 6): readonly string[] {
  const facts = factsOf(network.facts, place);
  return [...(facts === undefined ? [] : settingsOf(facts))].flatMap(([key, { name: setting, value }]) => {
    if (!setting.startsWith(`ipv${family}.`)) return [];
    const harm = ofNeighbors.test(key) ? harmIn(key, value) : undefined;
    return harm === undefined ? [] : [`${setting} is ${value}`];
  });
}

/** Settings that a sentence names. */
const mostTold = 3;

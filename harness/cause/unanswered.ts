import type { Trouble } from "../verify/trouble.ts";
import type { Incident } from "./cause.ts";
import { factsOf } from "./counters.ts";
import { harmIn, settingsOf } from "./settings.ts";

/** Settings that keep a machine from answering who asks for its address. */
const ofNeighbors = /arp_ignore|arp_filter|mcast_solicit|gc_thresh3/;

/** Why nobody answers who asks for an address: what is set on the one that should, a pod's node where that is a pod's gateway. */
export function unanswered({ network }: Incident, name: string, { text, peer }: Trouble): string | undefined {
  if (!text.includes("nobody answers")) return undefined;
  const other = peer ?? network.identities.pods.find((pod) => pod.name === name)?.node;
  const facts = other === undefined ? undefined : factsOf(network.facts, other);
  if (other === undefined || facts === undefined) return undefined;
  const family = /who has \S*:/.test(text) ? "ipv6." : "ipv4.";
  const found = [...settingsOf(facts)].flatMap(([key, { name: setting, value }]) => {
    if (!setting.startsWith(family)) return [];
    const harm = ofNeighbors.test(key) ? harmIn(key, value) : undefined;
    return harm === undefined ? [] : [`${setting} is ${value}`];
  });
  return found.length === 0 ? undefined : `on ${other} ${found.slice(0, mostTold).join(", ")}`;
}

/** Settings that a sentence names. */
const mostTold = 3;

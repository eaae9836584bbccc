import type { DropFact } from "../dataplane/node-facts.ts";
import type { Crossing, Lot } from "./crossings.ts";

/**
 * Whether a rule may have ended what was lost: only plain contradictions between its words and the packets speak against it. Its match
 * is nft(8)'s or iptables(8)'s; what this does not understand is believed.
 */
export function couldDrop({ rule }: DropFact, lossy: readonly Crossing[]): boolean {
  const wanted = protocolIn(rule);
  if (wanted === undefined) return lossy.length > 0;
  return lossy.some((crossing) =>
    crossing.lots.some((lot) => lot.lost > 0 && protocolsOf(crossing, lot).includes(wanted)),
  );
}

type Protocol = Lot["protocol"] | "IPIP";

const words: readonly (readonly [RegExp, Protocol])[] = [
  [/\btcp\b/, "TCP"],
  [/\budp\b/, "UDP"],
  [/\bicmp(v6)?\b|\bipv6-icmp\b/, "ICMP"],
  [/\bipip\b|\bipencap\b|(?:protocol|nexthdr|l4proto|-p) 4\b/, "IPIP"],
];

/** The protocol that a rule names alone; undefined where it names none, several, or one that it excludes. */
function protocolIn(rule: string): Protocol | undefined {
  if (/!=|(^|\s)! /.test(rule)) return undefined;
  const match = rule.replace(/reject with.*|--reject-with.*/, "");
  const named = words.filter(([pattern]) => pattern.test(match)).map(([, protocol]) => protocol);
  return named.length === 1 ? named[0] : undefined;
}

/** A packet's own protocol, and the tunnel's: within a node a filter meets it in both forms. */
function protocolsOf({ underlay }: Crossing, { protocol, form }: Lot): readonly Protocol[] {
  const isUdp = underlay === "vxlan" || underlay === "wireguard";
  const outer = isUdp ? (["UDP"] as const) : underlay === "ipip" ? (["IPIP"] as const) : [];
  return form === "plain" ? [protocol, ...outer] : outer;
}

import type { DropFact, NodeFacts } from "../dataplane/node-facts.ts";
import type { Cause, Incident, Rule } from "./cause.ts";
import { endedIn, trailEnds } from "./trail-ends.ts";

/** A packet filter ends packets on a node or router in which trails end: its counter grew, or it does not count. */
export const packetFilter: Rule = {
  name: "packet-filter",
  find: (incident) => {
    const { facts, before } = incident.network;
    const now = [...facts.nodes, ...(facts.routers ?? [])];
    const earlier = new Map([...(before?.nodes ?? []), ...(before?.routers ?? [])].map((one) => [one.node, one]));
    return now.flatMap((node) => {
      const explains = endingIn(incident, node.node);
      const drops = guilty(node, earlier.get(node.node));
      return explains.length === 0 || drops.length === 0 ? [] : [causeOf(node, drops, explains)];
    });
  },
};

interface Guilty {
  readonly drop: DropFact;
  /** Packets that it ended during the probes; missing where it does not count. */
  readonly grown?: number;
}

function causeOf({ node }: NodeFacts, drops: readonly Guilty[], explains: readonly string[]): Cause {
  const [first] = drops;
  const count = first?.grown === undefined ? "" : ` (${first.grown} packets during the probes)`;
  return {
    name: "packet-filter",
    sentence: `${node} drops packets: ${first?.drop.where ?? ""}: ${first?.drop.rule ?? ""}${count}`,
    fix: "let the pods' and the tunnel's packets pass there; Docker's FORWARD policy: iptables -P FORWARD ACCEPT",
    issues: ["#2230", "kubernetes/kubernetes#108718", "#7434", "#2700"],
    evidence: drops.slice(0, 6).map(({ drop, grown }) => {
      const counted = grown === undefined ? "does not count" : `+${grown} during the probes`;
      return `${node}: ${drop.where}: ${drop.rule} (${counted})`;
    }),
    explains,
  };
}

/** Those that counted come first; one that does not count is suspect only where it meets packets that are passed on. */
function guilty(now: NodeFacts, before: NodeFacts | undefined): readonly Guilty[] {
  const keyOf = ({ where, rule }: DropFact): string => `${where} ${rule}`;
  const earlier = new Map((before?.drops ?? []).map((drop) => [keyOf(drop), drop.packets ?? 0]));
  const counted = (now.drops ?? []).flatMap((drop): readonly Guilty[] => {
    const grown = (drop.packets ?? 0) - (earlier.get(keyOf(drop)) ?? 0);
    return drop.packets === undefined || grown <= 0 ? [] : [{ drop, grown }];
  });
  const silent = (now.drops ?? []).filter(
    ({ packets, hook }) => packets === undefined && (hook === "forward" || hook === "prerouting"),
  );
  return [...counted.toSorted((a, b) => (b.grown ?? 0) - (a.grown ?? 0)), ...silent.map((drop) => ({ drop }))];
}

function endingIn({ cases }: Incident, node: string): readonly string[] {
  const ends = cases.flatMap(trailEnds).filter((end) => endedIn(end).includes(node));
  return [...new Set(ends.map(({ id }) => id))];
}

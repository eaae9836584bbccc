import { groupBy } from "../core/group-by.ts";
import { listOf } from "../verify/words.ts";
import { shownLines, type Cause, type Incident, type Rule } from "./cause.ts";
import { ofPlaces } from "./of-places.ts";
import { unanswered } from "./unanswered.ts";

const base = ofPlaces({
  name: "next-hop",
  issues: ["#9693", "#7706"],
  what: "segment",
  because: unanswered,
  fixes: {
    neighbor:
      "remove a wrong entry there (ip neigh del), and see that the next hop is up, has that address, and answers ARP and neighbor discovery (arp_ignore, arp off, filters, the switch between)",
  },
});

/** Frames go to a MAC that their next hop does not have, or nobody answers who asks for it: one machine, or nobody on a whole segment. */
export const nextHop: Rule = {
  ...base,
  find: (incident) => {
    const found = base.find(incident);
    const silent = silentSegments(incident);
    const isSilent = ({ sentence, evidence }: Cause): string | undefined =>
      sentence.endsWith("nobody answers")
        ? silent.find(({ asks }) => evidence.every((line) => asks.includes(line)))?.segment
        : undefined;
    const bySegment = groupBy(found, (cause) => isSilent(cause) ?? "");
    const alone = bySegment.get("") ?? [];
    const whole = silent.flatMap(({ segment, askers, asks }): readonly Cause[] => {
      const own = bySegment.get(segment) ?? [];
      const [first] = own;
      if (first === undefined) return [];
      return [
        {
          ...first,
          sentence: `${listOf(askers)} ask in ${segment} for their next hops, and nobody answers: the segment does not carry what they send to all`,
          fix: "see the switch of that segment: whether it is up, whether it passes broadcasts and multicast on (bridge -d link: bcast_flood, mcast_flood; filters of ARP), and its VLANs",
          evidence: asks.slice(0, shownLines),
          explains: [...new Set(own.flatMap(({ explains }) => explains))],
        },
      ];
    });
    return [...whole, ...alone];
  },
};

interface SilentSegment {
  readonly segment: string;
  readonly askers: readonly string[];
  /** As evidence tells them: "b1: it asks by eth0 who has …". */
  readonly asks: readonly string[];
}

/** Segments on which several machines ask in vain, and not all of them for one machine, or one for all. */
function silentSegments({ beyond, network: { plan } }: Incident): readonly SilentSegment[] {
  const segmentsOf = (name: string): readonly string[] => [
    ...plan.nodes.filter((node) => node.name === name).map(({ uplink }) => uplink.segment),
    ...plan.routers
      .filter((router) => router.name === name)
      .flatMap(({ ports }) => ports.map(({ segment }) => segment)),
  ];
  const asked = beyond
    .filter(({ what }) => what === "segment")
    .flatMap(({ name, troubles }) =>
      troubles
        .filter(({ text }) => text.endsWith("nobody answers"))
        .map(({ text, peer = "" }) => ({ name, text, peer })),
    )
    .flatMap((one) => {
      const shared = segmentsOf(one.name).find((segment) => segmentsOf(one.peer).includes(segment));
      return shared === undefined ? [] : [{ ...one, segment: shared }];
    });
  return [...groupBy(asked, ({ segment }) => segment)].flatMap(([segment, own]): readonly SilentSegment[] => {
    const machines = new Set(own.flatMap(({ name, peer }) => [name, peer]));
    const isOnes = [...machines].some((machine) => own.every(({ name, peer }) => name === machine || peer === machine));
    if (isOnes) return [];
    const askers = [...new Set(own.map(({ name }) => name))].toSorted();
    return [{ segment, askers, asks: own.map(({ name, text }) => `${name}: ${text}`) }];
  });
}

import type { Leg } from "./path-case.ts";
import { heardAt } from "./path-case.ts";
import type { HeaderVariant, ProbeObservation } from "../observe/observation.ts";
import type { Finding } from "./conclude.ts";
import { evidenceOf, listOf, nameOfTap } from "./words.ts";

/** Nodes and routers beyond those of a path that may have forwarded a packet unseen: nobody is red for one hop more. */
const ttlLeeway = 2;

/** Kinds of which each packet shows once at each tap: TCP's are merged and split by offloading. */
const counted: ReadonlySet<string> = new Set(["ping", "udp"]);

/** What somebody wrote into a direction's packets after they had left the sender: another DSCP, or a TTL that forwarding does not explain. */
export function changedHeaders(observation: ProbeObservation, leg: Leg): readonly Finding[] {
  const { hops } = leg.expected;
  const seen = hops.map(({ tap }) => heardAt(observation, leg.direction, tap).variants.filter(isReadable));
  const [first = []] = seen;
  if (first.length === 0) return [];
  for (const [index, { tap }] of hops.entries()) {
    const here = seen[index] ?? [];
    const forwards = hops.slice(1, index + 1).filter((hop, before) => hop.tap.node === hops[before]?.tap.node).length;
    const words = index === 0 || here.length === 0 ? undefined : differenceIn(first, here, forwards, observation);
    if (words === undefined) continue;
    const reason = `${leg.direction} at ${nameOfTap(tap)}: ${words}`;
    return [
      { category: "changed on the way", reason, evidence: here.flatMap((one) => evidenceOf(tap, one)).slice(0, 2) },
    ];
  }
  return [];
}

/** What WireGuard encrypts, and what is no tunnel of the mode, does not show its inner header. */
function isReadable({ form, fragment }: HeaderVariant): boolean {
  return form !== "wireguard" && form !== "other" && fragment !== true;
}

function differenceIn(
  first: readonly HeaderVariant[],
  here: readonly HeaderVariant[],
  forwards: number,
  { probe }: ProbeObservation,
): string | undefined {
  const sent = countByMark(first);
  const marks = countByMark(here);
  const total = (counts: ReadonlyMap<number, number>): number =>
    [...counts.values()].reduce((sum, one) => sum + one, 0);
  const isCounted = counted.has(probe.kind) && total(marks) <= total(sent);
  const wrong = [...marks].find(([mark, packets]) => {
    const before = sent.get(mark);
    return before === undefined || (isCounted && packets > before);
  });
  if (wrong !== undefined) {
    const [mark, packets] = wrong;
    const words = (counts: ReadonlyMap<number, number>): string => listOf([...counts.keys()].map(String));
    return sent.has(mark)
      ? `DSCP ${mark} in ${packets} packets, of which ${sent.get(mark) ?? 0} were sent with it`
      : `DSCP ${mark}, sent with ${words(sent)}`;
  }
  const ttls = first.map(({ ttl }) => ttl);
  const odd = here.find(({ ttl }) => !ttls.some((from) => ttl <= from && ttl >= from - forwards - ttlLeeway));
  if (odd === undefined) return undefined;
  return `TTL ${odd.ttl} after ${forwards} hops, sent with ${listOf([...new Set(ttls)].map(String))}`;
}

function countByMark(variants: readonly HeaderVariant[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { tos = 0, packets } of variants) counts.set(tos >> 2, (counts.get(tos >> 2) ?? 0) + packets);
  return counts;
}

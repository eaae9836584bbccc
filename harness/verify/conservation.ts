import type { ExpectedHop } from "../encap/expectation.ts";
import { isSameTap } from "../encap/taps.ts";
import type { Direction, ProbeObservation } from "../observe/observation.ts";
import { isOfSizes } from "../probe/probe-kinds.ts";
import { defineCheck } from "./check.ts";
import { conclude, type Finding } from "./conclude.ts";
import { changedHeaders } from "./kept-headers.ts";
import { mayBeLostBefore } from "./declared.ts";
import { balanceAt, growthInWords, lossInWords } from "./hop-balance.ts";
import { needFragErrors } from "./need-frag.ts";
import { passagesOf, type Passage } from "./passage.ts";
import { flowsOf, resultFor } from "./path-case.ts";
import { doubtAbout } from "./tap-trust.ts";
import type { PathCase } from "./verdict.ts";
import { nameOfTap } from "./words.ts";

/** Every packet shows at every hop as often as at the one before, with the marks it was sent with: pings and datagrams by number, TCP byte by byte. */
export const conservation = defineCheck({
  of: "path",
  name: "conservation",
  part: "encapsulation",
  proves:
    "every packet that passed one hop passed the next one, once and unchanged: pings, datagrams and each byte of TCP",
  judge(pathCase) {
    const asked = pathCase.results.filter(({ probe }) => !isOfSizes(probe.kind));
    if (asked.length === 0) return undefined;
    const flows = flowsOf(pathCase);
    const passages = flows.flatMap((flow) => passagesOf(pathCase, flow));
    return conclude(pathCase, "conservation", {
      expected: "every packet at every hop, there and back",
      observed: [...new Set(passages.map(inWords))].join("; ") || "no probe was observed",
      findings: [
        ...passages.flatMap((one) => differences(pathCase, one)),
        ...passages.flatMap(({ observation, leg }) => changedHeaders(observation, leg)),
      ],
      doubts: [
        ...(flows.length < asked.length ? ["a probe was not observed: rerun it while the taps listen"] : []),
        ...asked
          .filter(({ sent }) => sent === 0)
          .map(({ probe, where }) => `${probe.kind} sent nothing (${where}): see reached`),
        ...flows.flatMap((flow) => unheard(pathCase, flow)),
        ...passages.flatMap((one) => missedByTaps(pathCase, one)),
        ...passages.flatMap((one) => leftUnanswered(pathCase, one)),
      ],
    });
  },
});

/** Losses and multiplications between one hop and the next, where both taps can bear witness. */
function differences(pathCase: PathCase, passage: Passage): readonly Finding[] {
  const { direction, expected } = passage.leg;
  return expected.hops.flatMap((hop, index): readonly Finding[] => {
    if (doubtAbout(pathCase, hop.tap) !== undefined || isServersBusiness(passage, index)) return [];
    const before = expected.hops[index - 1];
    const between = `between ${before === undefined ? senderOf(pathCase, direction) : nameOfTap(before.tap)} and ${nameOfTap(hop.tap)}`;
    const balance = balanceAt(passage, index);
    const { packets } = balance;
    const isDeclared = packets.lost <= mayBeLostBefore(passage.leg, hop, packets.of);
    const isBeforeDoubted = before !== undefined && doubtAbout(pathCase, before.tap) !== undefined;
    const finding = (category: Finding["category"], what: string): Finding => ({
      category,
      reason: `${direction}: ${what} ${between}`,
    });
    return [
      ...(isDeclared || isDiscovery(passage, hop)
        ? []
        : [finding("lost on the way", `${lossInWords(passage, balance)} lost`)]),
      ...(packets.extra === 0 || isBeforeDoubted || (before === undefined && hasNoReport(pathCase, passage))
        ? []
        : [finding("duplicated on the way", growthInWords(passage, balance))]),
    ];
  });
}

/** A program that was ended before it could say what it had sent: how many there should be, nobody knows. */
function hasNoReport(pathCase: PathCase, { leg, observation }: Passage): boolean {
  return leg.direction === "forward" && resultFor(pathCase, observation)?.sent === 0;
}

/**
 * Before a narrow link TCP learns of it by losing what is too large (RFC 1191 3): at the link's router or, once that is known, at the node that would
 * have to encapsulate it. Either must have told the sender so.
 */
function isDiscovery({ leg, unit, observation }: Passage, hop: ExpectedHop): boolean {
  const { narrow, outer, hops } = leg.expected;
  if (unit !== "bytes" || narrow === undefined) return false;
  const uplink = outer === undefined ? undefined : hops.find(({ role }) => role.endsWith("-uplink"));
  const isThere = isSameTap(narrow.from, hop.tap) || hop === uplink;
  return isThere && needFragErrors(observation).length > 0;
}

/** Pings and TCP are answered by the kernel; datagrams by a program, which on a busy machine may come late. */
function isServersBusiness({ leg, observation }: Passage, hop: number): boolean {
  return leg.direction === "reverse" && hop === 0 && observation.probe.kind === "udp";
}

/** Some datagrams that came to the target and were not answered before the captures ended; where none was, reached tells. */
function leftUnanswered(pathCase: PathCase, passage: Passage): readonly string[] {
  const first = passage.leg.expected.hops[0];
  const wasAnswered = (resultFor(pathCase, passage.observation)?.received ?? 0) > 0;
  if (first === undefined || !wasAnswered || !isServersBusiness(passage, 0)) return [];
  const { lost, of } = balanceAt(passage, 0).data;
  if (lost === 0) return [];
  return [
    `${senderOf(pathCase, "reverse")} left ${lost} of ${of} datagrams unanswered that arrived there: it may have been late; rerun the probe`,
  ];
}

/** A probe of which no tap heard anything, though the path has taps: what was sent of it, nobody knows. */
function unheard(pathCase: PathCase, flow: ProbeObservation): readonly string[] {
  const { probe, sightings } = flow;
  const hasTaps = pathCase.expectation.forward.hops.length > 0;
  if (!hasTaps || probe.token.kind !== "tcp-port" || sightings.length > 0) return [];
  return resultFor(pathCase, flow)?.sent === 0 ? [] : [`no tap saw any ${probe.kind} packet: see reached`];
}

/** A tap that heard less than passed it, or whose capture is in doubt, cannot bear witness. */
function missedByTaps(pathCase: PathCase, { leg, parts, acks, unit, observation }: Passage): readonly string[] {
  return leg.expected.hops.flatMap(({ tap }, hop) => {
    const doubt = doubtAbout(pathCase, tap);
    if (doubt !== undefined) return [doubt];
    const all = [...parts, acks];
    const total = (counts: (part: (typeof all)[number]) => readonly number[]): number =>
      all.reduce((sum, part) => sum + (counts(part)[hop] ?? 0) * (part.to - part.from), 0);
    const heard = total((part) => part.heard);
    const passed = total((part) => part.passed);
    if (heard >= passed) return [];
    const count = heard === 0 ? "none" : String(heard);
    const what = `${observation.probe.kind} ${unit}`;
    return [
      `${leg.direction}: tap ${nameOfTap(tap)} saw ${count} of the ${passed} ${what} that went on from there, so it cannot be trusted: ` +
        "check that tcpdump listens on it, and rerun the probe",
    ];
  });
}

function senderOf({ expectation: { path } }: PathCase, direction: Direction): string {
  const { pod, node } = direction === "forward" ? path.source : path.target;
  return pod ?? node;
}

/** "ping forward 5 packets at each of 6 taps", or how many at each where they differ. */
function inWords({ leg, parts, observation, unit }: Passage): string {
  const counts = leg.expected.hops.map((_, hop) =>
    parts.reduce((sum, part) => sum + (part.heard[hop] ?? 0) * (part.to - part.from), 0),
  );
  const [first = 0] = counts;
  const names = leg.expected.hops.map(({ tap }) => nameOfTap(tap));
  const each = counts.map((count, hop) => `${names[hop] ?? ""} ${count}`).join(", ");
  const same = `${first} ${unit} at ${names.length === 1 ? (names[0] ?? "") : `each of ${names.length} taps`}`;
  const heard = names.length === 0 ? "no tap" : counts.every((count) => count === first) ? same : each;
  return `${observation.probe.kind} ${leg.direction} ${heard}`;
}

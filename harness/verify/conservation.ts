import type { ExpectedHop } from "../encap/expectation.ts";
import type { ProbeObservation } from "../observe/observation.ts";
import { defineCheck } from "./check.ts";
import { conclude, type Finding } from "./conclude.ts";
import { mayBeLostBefore } from "./declared.ts";
import { heardAt, legsOf, resultFor, type Leg } from "./path-case.ts";
import { doubtAbout } from "./tap-trust.ts";
import type { PathCase } from "./verdict.ts";
import { nameOfTap } from "./words.ts";

/** Every ping that was sent shows at every hop exactly once, and so does every answer; a difference is named with its hop. */
export const conservation = defineCheck({
  of: "path",
  name: "conservation",
  part: "encapsulation",
  proves: "every hop saw exactly as many ping packets as were sent and answered",
  judge(pathCase) {
    const pings = pathCase.results.filter(({ probe }) => probe.kind === "ping");
    if (pings.length === 0) return undefined;
    const flows = pathCase.observations.filter(({ probe }) => probe.kind === "ping");
    const counts = flows.flatMap((flow) => countsOf(pathCase, flow));
    return conclude(pathCase, "conservation", {
      expected: `${pings.map(({ sent }) => sent).join(" and ")} packets at every hop, there and back`,
      observed: counts.map(inWords).join("; ") || "no ping was observed",
      findings: counts.flatMap((count) => differences(pathCase, count)),
      doubts: [
        ...(flows.length < pings.length ? ["a ping was not observed: probe again while the taps listen"] : []),
        ...pings.filter(({ sent }) => sent === 0).map(({ where }) => `ping sent nothing (${where}): see reached`),
        ...counts.flatMap((count) => missedByTaps(pathCase, count)),
      ],
    });
  },
});

/** Packets of one probe in one direction at each hop. */
interface Counts {
  readonly leg: Leg;
  readonly hops: readonly HopCount[];
  /** How many set out. */
  readonly start: number;
  /** How many are known to have come through to the end. */
  readonly end: number;
}

interface HopCount {
  readonly hop: ExpectedHop;
  readonly heard: number;
  /** At least so many passed here: what this tap or any later one heard. */
  readonly passed: number;
}

function countsOf(pathCase: PathCase, flow: ProbeObservation): readonly Counts[] {
  const { sent = 0, received = 0 } = resultFor(pathCase, flow) ?? {};
  const [forward, reverse] = legsOf(pathCase.expectation);
  if (forward === undefined) return [];
  const backHops = reverse?.expected.hops ?? [];
  const answers = Math.max(received, ...backHops.map(({ tap }) => heardAt(flow, "reverse", tap).packets));
  const there = countLeg(flow, forward, sent, Math.min(sent, answers));
  if (reverse === undefined) return [there];
  const arrived = there.hops.at(-1)?.passed ?? sent;
  return [there, countLeg(flow, reverse, arrived, received)];
}

function countLeg(flow: ProbeObservation, leg: Leg, start: number, end: number): Counts {
  const heard = leg.expected.hops.map(({ tap }) => heardAt(flow, leg.direction, tap).packets);
  const hops = leg.expected.hops.map((hop, index) => ({
    hop,
    heard: heard[index] ?? 0,
    passed: Math.max(end, ...heard.slice(index)),
  }));
  return { leg, hops, start, end };
}

function differences(pathCase: PathCase, { leg, hops, start, end }: Counts): readonly Finding[] {
  const places = hops.map(({ hop, passed }) => ({ name: nameOfTap(hop.tap), hop, tap: hop.tap, passed }));
  const findings = places.flatMap(({ name, hop, tap, passed }, index): readonly Finding[] => {
    const before = places[index - 1]?.passed ?? start;
    const declared = mayBeLostBefore(leg, hop, before);
    if ((passed <= before && before - passed <= declared) || doubtAbout(pathCase, tap) !== undefined) return [];
    const from = index === 0 ? "the sender" : (places[index - 1]?.name ?? "");
    const what =
      passed < before ? `${before - passed} of ${before} packets were lost` : `${before} packets became ${passed}`;
    return [{ category: "lost on the way", reason: `${leg.direction}: ${what} between ${from} and ${name}` }];
  });
  const last = places.at(-1);
  const delivered = leg.expected.dies === undefined && leg.direction === "reverse";
  if (!delivered || last === undefined || last.passed === end) return findings;
  const reason = `reverse: ${last.passed - end} of ${last.passed} packets were seen at ${last.name}, the last tap, and not received`;
  return [...findings, { category: "lost on the way", reason }];
}

/** A tap that heard fewer than passed it, or whose capture is in doubt, cannot bear witness. */
function missedByTaps(pathCase: PathCase, { leg, hops }: Counts): readonly string[] {
  return hops.flatMap(({ hop, heard, passed }) => {
    const doubt = doubtAbout(pathCase, hop.tap);
    if (doubt !== undefined) return [doubt];
    if (heard >= passed) return [];
    const count = heard === 0 ? "none" : String(heard);
    return [
      `${leg.direction}: tap ${nameOfTap(hop.tap)} heard ${count} of the ${passed} packets that went on from there, so it cannot be trusted: ` +
        "see that tcpdump listens on it, and probe again",
    ];
  });
}

function inWords({ leg, hops }: Counts): string {
  return `${leg.direction} ${hops.map(({ hop, heard }) => `${nameOfTap(hop.tap)} ${heard}`).join(", ") || "no tap"}`;
}

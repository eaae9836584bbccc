import { isSameTap } from "../encap/taps.ts";
import { defineCheck } from "./check.ts";
import { conclude, type Finding } from "./conclude.ts";
import { legsOf, mustEnd, type Leg } from "./path-case.ts";
import type { PathCase } from "./verdict.ts";
import { listOf, nameOfTap } from "./words.ts";

/** TCP's ends tell each other, on the wire, segments that fit their own links, and nobody on the way changes what they tell. */
export const mss = defineCheck({
  of: "path",
  name: "mss",
  part: "mtu",
  proves: "the MSS in SYN and SYN-ACK fits the MTU of who sends it, and arrives as it was sent",
  judge(pathCase) {
    const asked = pathCase.results.filter(({ probe, received }) => probe.token.kind === "tcp-port" && received > 0);
    if (asked.length === 0 || mustEnd(pathCase)) return undefined;
    const legs = legsOf(pathCase.expectation).filter(({ expected }) => expected.hops.length > 0);
    const heard = legs.map((leg) => ({ leg, seen: seenOn(pathCase, leg), fits: fitting(pathCase, leg) }));
    return conclude(pathCase, "mss", {
      expected: heard.map(({ leg, fits }) => `${leg.direction} ${rangeWords(fits)}`).join(", "),
      observed: heard.map(({ leg, seen }) => `${leg.direction} ${valuesWords(seen)}`).join(", ") || "nothing",
      findings: heard.flatMap(({ leg, seen, fits }) =>
        seen.flatMap((one) => [...rewritten(leg, one), ...misfits(leg, one, fits)]),
      ),
      doubts: heard
        .filter(({ seen }) => seen.length === 0)
        .map(({ leg }) => `${leg.direction}: no SYN was seen, so its MSS is unknown: rerun the probe`),
    });
  },
});

/** What a tap saw in the SYN of one connection. */
interface Seen {
  readonly at: string;
  /** Missing = its SYN has none. */
  readonly value?: number;
  /** How many SYNs it saw: where one was lost, the first one seen behind is another one. */
  readonly syns: number;
}

/** Connection by connection, by tap in the order of travel; taps that saw no SYN are missing. */
function seenOn({ observations }: PathCase, { direction, expected }: Leg): readonly (readonly Seen[])[] {
  const sightings = observations.flatMap((one) => one.sightings.filter((sighting) => sighting.direction === direction));
  const flows = new Set(sightings.flatMap((one) => one.flows.flatMap(({ flow, mss: told }) => (told ? [flow] : []))));
  return [...flows].map((flow) =>
    expected.hops.flatMap(({ tap }): readonly Seen[] => {
      const own = sightings.filter((sighting) => isSameTap(sighting.tap, tap)).flatMap((sighting) => sighting.flows);
      const account = own.find((candidate) => candidate.flow === flow);
      const { mss: value, openings = [] } = account ?? {};
      if (openings.length === 0 && value === undefined) return [];
      return [{ at: nameOfTap(tap), syns: openings.length, ...(value === undefined ? {} : { value }) }];
    }),
  );
}

interface Fits {
  readonly least: number;
  readonly most: number;
}

/** Bytes of IP and TCP headers without options, which the MSS does not count (RFC 9293 3.7.1). */
const headers = { 4: 40, 6: 60 } as const;

/**
 * A pod tells what its own MTU carries, a host what its uplink does; either less where it has learned of a smaller MTU on the way (Linux tells the MSS
 * of the route that it knows).
 */
function fitting({ expectation }: PathCase, { direction }: Leg): Fits {
  const { path, podMtu, pathMtu = podMtu, mtus = [podMtu] } = expectation;
  const sender = direction === "forward" ? path.source : path.target;
  const isPod = sender.pod !== undefined;
  const off = headers[path.family];
  return { least: Math.min(pathMtu, podMtu) - off, most: (isPod ? podMtu : Math.max(...mtus)) - off };
}

function rewritten({ direction }: Leg, seen: readonly Seen[]): readonly Finding[] {
  return seen.slice(1).flatMap(({ at, value, syns }, index): readonly Finding[] => {
    const before = seen[index];
    if (before === undefined || before.value === value || before.syns > syns) return [];
    const became =
      value === undefined ? `of ${before.value} is gone` : `became ${value} in place of ${before.value ?? "none"}`;
    const reason = `${direction}: the MSS ${became} between ${before.at} and ${at}`;
    return [{ category: "wrong MTU", reason }];
  });
}

function misfits({ direction }: Leg, [first]: readonly Seen[], fits: Fits): readonly Finding[] {
  if (first?.value === undefined || (first.value >= fits.least && first.value <= fits.most)) return [];
  const reason = `${direction}: the sender advertises an MSS of ${first.value} at ${first.at}, where ${rangeWords(fits)} fits`;
  return [{ category: "wrong MTU", reason }];
}

function rangeWords({ least, most }: Fits): string {
  return least === most ? String(least) : `${least} to ${most}`;
}

function valuesWords(seen: readonly (readonly Seen[])[]): string {
  const values = new Set(seen.flatMap((one) => one.map(({ value = "none" }) => String(value))));
  return values.size === 0 ? "no SYN" : listOf([...values]);
}

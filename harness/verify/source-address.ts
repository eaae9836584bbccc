import type { ExpectedHop, PathExpectation } from "../encap/expectation.ts";
import { defineCheck } from "./check.ts";
import { conclude, type Finding } from "./conclude.ts";
import { flowsOf, heardAt, legsOf, type Leg } from "./path-case.ts";
import { isSameAddress } from "../topology/same-address.ts";
import type { PathCase } from "./verdict.ts";
import { evidenceOf, nameOfTap } from "./words.ts";

/** The packets carry the addresses that routing and NAT must give them, and the server sees that client. */
export const sourceAddress = defineCheck({
  of: "path",
  name: "source-address",
  part: "encapsulation",
  proves: "inner addresses on the wire and the client that the server sees are those that routing and NAT must give",
  judge(pathCase) {
    const { expectation, results } = pathCase;
    const wires = legsOf(expectation).flatMap((leg) => addressesSeen(pathCase, leg));
    const clients = results.flatMap((result) => result.serverSaw ?? []);
    const expected = legsOf(expectation).map(
      ({ direction, expected: leg }) => `${direction} ${leg.sources.join(" or ")} > ${leg.destination}`,
    );
    const observed = wires.map(({ leg, source, destination }) => `${leg.direction} ${source} > ${destination}`);
    return conclude(pathCase, "source-address", {
      expected: expected.join("; "),
      observed: [...new Set([...observed, ...clients.map((client) => `server saw ${client}`)])].join("; ") || "nothing",
      findings: [
        ...wires.flatMap((seen) => wrongAddresses(pathCase, seen)),
        ...clients.flatMap((client) => wrongClient(pathCase, client)),
      ],
      doubts: legsOf(expectation)
        .filter(({ direction }) => !wires.some((seen) => seen.leg.direction === direction))
        .filter(({ expected: leg }) => placesOf(expectation, leg.hops).length > 0)
        .map(({ direction }) => `${direction}: no packet was seen whose addresses could be judged: see reached`),
      evidence: wires.slice(0, 1).flatMap(({ evidence }) => evidence),
    });
  },
});

/** Addresses of packets at a tap at which NAT is done. */
interface Seen {
  readonly leg: Leg;
  readonly where: string;
  readonly source: string;
  readonly destination: string;
  readonly evidence: readonly string[];
}

function addressesSeen(pathCase: PathCase, leg: Leg): readonly Seen[] {
  return flowsOf(pathCase).flatMap((flow) =>
    placesOf(pathCase.expectation, leg.expected.hops).flatMap(({ tap }) =>
      heardAt(flow, leg.direction, tap).variants.map((variant) => ({
        leg,
        where: `${leg.direction} at ${nameOfTap(tap)}`,
        source: variant.source,
        destination: variant.destination,
        evidence: evidenceOf(tap, variant),
      })),
    ),
  );
}

/**
 * A source pod's veth shows addresses before NAT (a ClusterIP, say), that of a pod behind a NodePort those after it: they count only where
 * there is no other tap.
 */
function placesOf({ path }: PathExpectation, hops: readonly ExpectedHop[]): readonly ExpectedHop[] {
  const translated = path.nodePort === undefined ? "source-pod" : "target-pod";
  const others = hops.filter(({ role }) => role !== translated);
  return others.length > 0 ? others : hops;
}

function wrongAddresses({ expectation }: PathCase, seen: Seen): readonly Finding[] {
  const { expected, direction } = seen.leg;
  const isAnswerOfService = direction === "reverse" && isSeenBeforeNat(seen.leg);
  const sources = isAnswerOfService ? [...expected.sources, expectation.dials] : expected.sources;
  // Where several sources are legal, answers go to whichever the requests had.
  const destinations =
    seen.leg.direction === "forward" ? destinationsOf(expectation, seen.leg) : expectation.forward.sources;
  return [
    ...notAmong("source", sources, seen.source, seen),
    ...notAmong("destination", destinations, seen.destination, seen),
  ];
}

/** What was dialed, too, where packets end on their own node: they are seen before NAT alone. */
function destinationsOf({ dials }: PathExpectation, leg: Leg): readonly string[] {
  return isSeenBeforeNat(leg) ? [leg.expected.destination, dials] : [leg.expected.destination];
}

function isSeenBeforeNat({ expected: { hops } }: Leg): boolean {
  return hops.length > 0 && hops.every(({ role }) => role === "source-pod");
}

function notAmong(
  what: string,
  legal: readonly string[],
  observed: string,
  { where, evidence }: Seen,
): readonly Finding[] {
  if (legal.some((address) => isSameAddress(address, observed))) return [];
  return [
    { category: "wrong source address", reason: `${where}: ${what} ${observed}, not ${legal.join(" or ")}`, evidence },
  ];
}

function wrongClient({ expectation }: PathCase, client: string): readonly Finding[] {
  if (expectation.serverSees.some((address) => isSameAddress(address, client))) return [];
  const reason = `the server saw ${client} as its client, not ${expectation.serverSees.join(" or ")}`;
  return [{ category: "wrong source address", reason }];
}

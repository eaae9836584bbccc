import type { TapId } from "../encap/expectation.ts";
import type { HeaderVariant, ProbeObservation } from "../observe/observation.ts";
import { defineCheck } from "./check.ts";
import { conclude, type Finding } from "./conclude.ts";
import { anythingHeard, flowsOf, heardAt, legsOf, type Leg } from "./path-case.ts";
import { evidenceOf, nameOfTap } from "./words.ts";

/**
 * Checksums are right wherever they can be seen, or left to the device, as senders on virtual links do to the end: then the field holds the sum of
 * the pseudo-header (CHECKSUM_PARTIAL), and anything else in it was damaged on the way. What a receiver verifies it drops without a word;
 * what it trusts its device with arrives damaged.
 */
export const checksums = defineCheck({
  of: "path",
  name: "checksums",
  part: "encapsulation",
  proves:
    "IP, UDP, TCP and ICMP checksums, outer and inner, are right at every tap, or rightly left to the device; of packets longer than the capture keeps, that of the IP header",
  judge(pathCase) {
    if (pathCase.expectation.path.locality === "same-node" && !anythingHeard(pathCase)) return undefined;
    const found = legsOf(pathCase.expectation).flatMap((leg) =>
      flowsOf(pathCase).flatMap((flow) => findingsOf(flow, leg)),
    );
    return conclude(pathCase, "checksums", {
      expected: "every checksum right, or left to the device",
      observed: found.length === 0 ? "no wrong one" : `${found.length} kinds of wrong ones`,
      findings: found,
      doubts: anythingHeard(pathCase)
        ? []
        : ["no packet of the path was seen, so there is no checksum to judge: see reached"],
    });
  },
});

/** Wrong checksums of a kind are told where they show first. */
function findingsOf(flow: ProbeObservation, leg: Leg): readonly Finding[] {
  const seen = leg.expected.hops.flatMap(({ tap }) =>
    heardAt(flow, leg.direction, tap).variants.flatMap((variant) =>
      variant.wrongChecksum === undefined ? [] : [{ tap, variant, what: variant.wrongChecksum }],
    ),
  );
  const kinds = [...new Set(seen.map(({ what }) => what))];
  return kinds.flatMap((what) => {
    const first = seen.find((one) => one.what === what);
    return first === undefined ? [] : [finding(flow, leg, first.tap, first.variant, what)];
  });
}

function finding(flow: ProbeObservation, leg: Leg, tap: TapId, variant: HeaderVariant, what: string): Finding {
  const { direction, expected } = leg;
  const place = expected.hops.findIndex((hop) => hop.tap === tap);
  const former = expected.hops.slice(0, place).findLast((hop) => heardAt(flow, direction, hop.tap).packets > 0);
  const since = former === undefined ? "" : `, right at ${nameOfTap(former.tap)}`;
  const { packets } = heardAt(flow, direction, tap);
  const last = expected.hops.at(-1);
  const end =
    last === undefined || last.tap === tap
      ? ""
      : `; ${arrivalWords(heardAt(flow, direction, last.tap).packets, packets)}`;
  return {
    category: "wrong checksum",
    reason: `${direction} at ${nameOfTap(tap)}: wrong ${what} checksum in ${variant.packets} of ${packets} packets of ${flow.probe.kind}${since}${end}`,
    evidence: evidenceOf(tap, variant),
  };
}

function arrivalWords(arrived: number, sent: number): string {
  if (arrived === 0) return "none of them arrives";
  return arrived < sent ? `${arrived} of ${sent} arrive` : "they arrive all the same";
}

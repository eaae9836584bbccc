import { describeForm } from "../encap/describe.ts";
import type { ObservedForm } from "../encap/expectation.ts";
import { defineCheck } from "./check.ts";
import { conclude, type Finding } from "./conclude.ts";
import { flowsOf, heardAt, legsOf, underlayHops, type Leg } from "./path-case.ts";
import { doubtAbout } from "./tap-trust.ts";
import type { PathCase } from "./verdict.ts";

/** Requests and answers take the same form, or differ exactly as unequal prefixes make them. */
export const symmetry = defineCheck({
  of: "path",
  name: "symmetry",
  part: "encapsulation",
  proves: "both directions of the path take the same form, or differ as the nodes' prefixes say",
  judge(pathCase) {
    const [forward, reverse] = legsOf(pathCase.expectation);
    if (forward === undefined || reverse === undefined || forward.expected.underlay === "none") return undefined;
    const seen = [forward, reverse].map((leg) => formsOf(pathCase, leg));
    const expectedToDiffer = forward.expected.underlay !== reverse.expected.underlay;
    const legs = [forward, reverse];
    return conclude(pathCase, "symmetry", {
      expected: inWords([[forward.expected.underlay], [reverse.expected.underlay]]),
      observed: inWords(seen),
      findings: seen.every((forms) => forms.length > 0) ? asymmetries(legs, seen, expectedToDiffer) : [],
      doubts: [
        ...legs.flatMap((leg, index) => silentLeg(leg, seen[index] ?? [])),
        ...legs.flatMap(({ expected }) => underlayHops(expected).flatMap(({ tap }) => doubtAbout(pathCase, tap) ?? [])),
      ],
    });
  },
});

type Forms = readonly (ObservedForm | "none")[];

/** The forms in which the direction's packets showed at its taps between nodes. */
function formsOf(pathCase: PathCase, { direction, expected }: Leg): Forms {
  const variants = flowsOf(pathCase).flatMap((flow) =>
    underlayHops(expected).flatMap(({ tap }) => heardAt(flow, direction, tap).variants),
  );
  return [...new Set(variants.filter(({ packets }) => packets > 0).map(({ form }) => form))].sort();
}

function asymmetries(legs: readonly Leg[], seen: readonly Forms[], expectedToDiffer: boolean): readonly Finding[] {
  const asExpected = legs.every(({ expected }, index) => seen[index]?.join() === expected.underlay);
  const differ = seen[0]?.join() !== seen[1]?.join();
  const mixed = seen.some((forms) => forms.length > 1);
  if (asExpected || (!differ && !mixed && !expectedToDiffer)) return [];
  const reason =
    differ || mixed
      ? `asymmetric: ${inWords(seen)}`
      : `${inWords(seen)}, though the prefixes make the directions differ`;
  return [{ category: "asymmetric", reason }];
}

function silentLeg({ direction }: Leg, forms: Forms): readonly string[] {
  if (forms.length > 0) return [];
  return [`${direction}: no packet was seen between the nodes, so there is nothing to compare: see reached`];
}

function inWords(seen: readonly Forms[]): string {
  const [forward = "nothing", reverse = "nothing"] = seen.map(
    (forms) => forms.map(describeForm).join(" and ") || "nothing",
  );
  return `forward ${forward}, reverse ${reverse}`;
}

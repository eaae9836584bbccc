import { describeForm } from "../encap/describe.ts";
import type { TapId } from "../encap/expectation.ts";
import type { Direction, ProbeObservation } from "../observe/observation.ts";
import { defineCheck } from "./check.ts";
import { conclude, type Finding } from "./conclude.ts";
import { anythingHeard, heardAt, legsOf, underlayHops } from "./path-case.ts";
import { doubtAbout, silenceDoubt } from "./tap-trust.ts";
import type { PathCase } from "./verdict.ts";
import { evidenceOf, listOf, nameOfTap } from "./words.ts";

/** Nothing of the path shows where nothing of it belongs, and nothing plain where it must be encapsulated. */
export const noLeak = defineCheck({
  of: "path",
  name: "no-leak",
  part: "encapsulation",
  proves: "no packet of the path appears off its way, or plain where it must be encapsulated",
  judge(pathCase) {
    const { silent } = pathCase.expectation;
    const covered = coveredTaps(pathCase);
    if (silent.length === 0 && covered.length === 0) return undefined;
    const findings = [
      ...silent.filter(sawSomething(pathCase)).flatMap((tap) => astray(pathCase, tap)),
      ...covered.flatMap(({ tap, direction }) => uncovered(pathCase, tap, direction)),
    ];
    const doubts = [
      ...(anythingHeard(pathCase)
        ? []
        : ["no packet of the path was seen anywhere, so that none leaked proves nothing: check that the probe runs"]),
      ...silent.flatMap((tap) => silenceDoubt(pathCase, tap) ?? []),
      ...covered.flatMap(({ tap }) => doubtAbout(pathCase, tap) ?? []),
      ...covered.flatMap(({ tap, direction }) => unproven(pathCase, tap, direction)),
    ];
    const places = [
      ...(silent.length === 0 ? [] : [`nothing at ${offTheWay(silent)}`]),
      ...(covered.length === 0
        ? []
        : [`nothing plain at ${listOf([...new Set(covered.map(({ tap }) => nameOfTap(tap)))])}`]),
    ];
    const expected = places.join(", ");
    const observed =
      findings.length === 0
        ? doubts.length === 0
          ? expected
          : "nothing, as far as the taps can tell"
        : summary(findings);
    return conclude(pathCase, "no-leak", { expected, observed, findings, doubts });
  },
});

/** Taps that are named one by one; in larger labs their number tells as much, and a page of every path with all names grows with the square. */
const mostNamed = 8;

function offTheWay(silent: readonly TapId[]): string {
  if (silent.length <= mostNamed) return listOf(silent.map(nameOfTap));
  return `any of the ${silent.length} taps between nodes that are off its way`;
}

interface Covered {
  readonly tap: TapId;
  readonly direction: Direction;
}

/** The taps at which the path must be encapsulated. */
function coveredTaps({ expectation }: PathCase): readonly Covered[] {
  return legsOf(expectation)
    .filter(({ expected }) => expected.outer !== undefined)
    .flatMap(({ direction, expected }) => underlayHops(expected).map(({ tap }) => ({ tap, direction })));
}

const directions: readonly Direction[] = ["forward", "reverse"];

/** Of the hundreds of silent taps of a large lab hardly one saw anything of a path. */
function sawSomething({ observations }: PathCase): (tap: TapId) => boolean {
  const seen = new Set(observations.flatMap(({ sightings }) => sightings.map(({ tap }) => nameOfTap(tap))));
  return (tap) => seen.has(nameOfTap(tap));
}

function astray(pathCase: PathCase, tap: TapId): readonly Finding[] {
  return pathCase.observations.flatMap((observation) =>
    directions.flatMap((direction) =>
      findingsAt(observation, direction, tap, () => true, "where nothing of this path may appear"),
    ),
  );
}

function uncovered(pathCase: PathCase, tap: TapId, direction: Direction): readonly Finding[] {
  return pathCase.observations.flatMap((observation) =>
    findingsAt(observation, direction, tap, (form) => form === "plain", "where the path must be encapsulated"),
  );
}

function findingsAt(
  observation: ProbeObservation,
  direction: Direction,
  tap: TapId,
  concerns: (form: string) => boolean,
  where: string,
): readonly Finding[] {
  return heardAt(observation, direction, tap)
    .variants.filter((variant) => variant.packets > 0 && concerns(variant.form))
    .map((variant) => ({
      category: "leak",
      reason: `${direction}: ${variant.packets} ${describeForm(variant.form)} ${observation.probe.kind} packets at ${nameOfTap(tap)}, ${where}`,
      evidence: evidenceOf(tap, variant),
    }));
}

/** That nothing plain showed proves something only where the tap saw the flow in its other form. */
function unproven(pathCase: PathCase, tap: TapId, direction: Direction): readonly string[] {
  const heard = pathCase.observations.some((observation) => heardAt(observation, direction, tap).packets > 0);
  return heard
    ? []
    : [`${direction}: tap ${nameOfTap(tap)} saw nothing of the path in any form: see reached and conservation`];
}

function summary(findings: readonly Finding[]): string {
  return findings[0]?.reason ?? "";
}

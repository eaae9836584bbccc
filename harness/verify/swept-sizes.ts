import type { PathCase } from "./verdict.ts";
import { isAnswered, lossesOf, refusalOf, stepsOf, triesOf } from "./size-holes.ts";

/** What became of DF packets of one size. */
export interface SweptSize {
  /** Of IP packet, without outer headers. */
  readonly bytes: number;
  readonly outcome: "passed" | "refused" | "lost";
  /** Where they were lost: "forward between tor/eth0 and tor/eth1". */
  readonly where?: string;
}

/** The sizes that a path was swept through, ascending; [] where it was not. */
export function sweptSizes(pathCase: PathCase): readonly SweptSize[] {
  const sweeps = pathCase.observations.filter(({ probe }) => probe.kind === "sweep");
  return stepsOf(sweeps.flatMap((sweep) => triesOf(pathCase, sweep))).map((step): SweptSize => {
    const { bytes } = step;
    if (isAnswered(step)) return { bytes, outcome: "passed" };
    if (refusalOf(step) !== undefined) return { bytes, outcome: "refused" };
    const [where] = lossesOf([step]);
    return { bytes, outcome: "lost", ...(where === undefined ? {} : { where }) };
  });
}

import { defineCheck } from "./check.ts";
import { conclude } from "./conclude.ts";
import { flowsOf, mustEnd } from "./path-case.ts";
import { holeFinding, holesIn, isAnswered, stepsOf, triesOf } from "./size-holes.ts";

/** Datagrams of every size pass, up to the largest that fits: no size is lost again and again while others pass. */
export const sizes = defineCheck({
  of: "path",
  name: "sizes",
  part: "encapsulation",
  proves: "datagrams of all sizes pass, from small ones to the largest that fits into the path's MTU",
  judge(pathCase) {
    const [flow] = flowsOf(pathCase).filter(({ probe }) => probe.kind === "udp");
    const ladder = flow === undefined ? [] : triesOf(pathCase, flow).filter((one) => one.flow === 0);
    const steps = stepsOf(ladder);
    if (steps.length < fewest || mustEnd(pathCase)) return undefined;
    const passed = steps.filter(isAnswered);
    const smallest = steps[0]?.bytes ?? 0;
    const largest = steps.at(-1)?.bytes ?? 0;
    return conclude(pathCase, "sizes", {
      expected: `all of ${steps.length} sizes from ${smallest} to ${largest} bytes`,
      observed: `${passed.length} of ${steps.length}`,
      findings: passed.length === 0 ? [] : holesIn(steps).map((hole) => holeFinding(hole, steps)),
      doubts: passed.length === 0 ? ["no datagram of this flow was answered, so sizes are unknown: see reached"] : [],
    });
  },
});

/** Sizes below which a probe is not a ladder. */
const fewest = 3;

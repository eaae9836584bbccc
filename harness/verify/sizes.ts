import type { DatagramResult } from "../probe/udp/datagram.ts";
import { defineCheck } from "./check.ts";
import { conclude, type Finding } from "./conclude.ts";
import { passagesOf, type Passage } from "./passage.ts";
import { flowsOf, mustEnd, resultFor } from "./path-case.ts";
import { whereLost } from "./where-lost.ts";
import { listOf } from "./words.ts";

/** Datagrams of every size pass, up to the largest that fits: no size is lost again and again while others pass. */
export const sizes = defineCheck({
  of: "path",
  name: "sizes",
  part: "encapsulation",
  proves: "datagrams of all sizes pass, from small ones to the largest that fits into the path's MTU",
  judge(pathCase) {
    const [flow] = flowsOf(pathCase).filter(({ probe }) => probe.kind === "udp");
    const ladder = (flow && resultFor(pathCase, flow)?.datagrams?.filter((one) => one.flow === 0)) ?? [];
    const steps = stepsOf(ladder);
    if (flow === undefined || steps.length < fewest || mustEnd(pathCase)) return undefined;
    const passages = passagesOf(pathCase, flow);
    const passed = steps.filter(isAnswered);
    const smallest = steps[0]?.bytes ?? 0;
    const largest = steps.at(-1)?.bytes ?? 0;
    return conclude(pathCase, "sizes", {
      expected: `all of ${steps.length} sizes from ${smallest} to ${largest} bytes`,
      observed: `${passed.length} of ${steps.length}`,
      findings: passed.length === 0 ? [] : holesIn(steps).map((hole) => findingOf(hole, steps, passages)),
      doubts:
        passed.length === 0 ? ["no datagram of this flow was answered, so nothing is known of sizes: see reached"] : [],
    });
  },
});

/** Sizes below which a probe is no ladder. */
const fewest = 3;

/** All datagrams of one size. */
interface Step {
  readonly bytes: number;
  readonly tries: readonly DatagramResult[];
}

function stepsOf(ladder: readonly DatagramResult[]): readonly Step[] {
  const sizes = [...new Set(ladder.map(({ bytes }) => bytes))].sort((a, b) => a - b);
  return sizes.map((bytes) => ({ bytes, tries: ladder.filter((one) => one.bytes === bytes) }));
}

function isAnswered({ tries }: Step): boolean {
  return tries.some(({ answered }) => answered);
}

/** Sizes next to each other of which none was answered, each tried more than once, or refused by the sender itself. */
function holesIn(steps: readonly Step[]): readonly (readonly Step[])[] {
  const holes: Step[][] = [];
  steps.forEach((step, index) => {
    const before = steps[index - 1];
    if (isAnswered(step)) return;
    if (before !== undefined && !isAnswered(before)) holes.at(-1)?.push(step);
    else holes.push([step]);
  });
  return holes.filter((hole) => hole.some(({ tries }) => tries.length > 1 || tries.some(isRefused)));
}

function isRefused({ refused }: DatagramResult): boolean {
  return refused !== undefined;
}

function findingOf(hole: readonly Step[], steps: readonly Step[], passages: readonly Passage[]): Finding {
  const passing = steps.filter(isAnswered).map(({ bytes }) => bytes);
  const sizes = hole.map(({ bytes }) => bytes);
  const below = passing.filter((bytes) => bytes < Math.min(...sizes)).at(-1);
  const above = passing.find((bytes) => bytes > Math.max(...sizes));
  const neighbors = [below, above].flatMap((bytes) => (bytes === undefined ? [] : [String(bytes)]));
  const tries = hole.flatMap((step) => step.tries);
  const refused = tries.find(isRefused)?.refused;
  const ends = [...new Set(tries.map(({ number }) => whereLost(passages, number)))].filter((words) => words !== "");
  const how = refused === undefined ? `none of ${tries.length} answered` : `refused by the sender's kernel: ${refused}`;
  const where = ends.length === 0 ? "" : `, lost ${listOf(ends)}`;
  const which = sizes.length > 6 ? `${sizes[0] ?? 0} to ${sizes.at(-1) ?? 0}` : listOf(sizes.map(String));
  const reason = `datagrams of ${which} bytes do not pass (${how}${where}), while ${listOf(neighbors)} bytes pass`;
  return { category: above === undefined ? "wrong MTU" : "size-dependent loss", reason };
}

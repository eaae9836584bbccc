import { partAt, type Passage } from "./passage.ts";
import { nameOfTap } from "./words.ts";

/** Where a numbered packet, or its answer, was last seen and where not: "forward between tor/eth0 and tor/eth1"; "" where it was at all taps. */
export function whereLost(passages: readonly Passage[], number: number): string {
  for (const passage of passages) {
    const { leg } = passage;
    const part = partAt(passage, number);
    if (part === undefined) return leg.direction === "forward" ? "" : "unanswered by the target";
    const hop = part.passed.indexOf(0);
    const tap = leg.expected.hops[hop]?.tap;
    if (tap === undefined) continue;
    const before = leg.expected.hops[hop - 1]?.tap;
    if (before !== undefined) return `${leg.direction} between ${nameOfTap(before)} and ${nameOfTap(tap)}`;
    return leg.direction === "forward" ? `before ${nameOfTap(tap)}` : "unanswered by the target";
  }
  return "";
}

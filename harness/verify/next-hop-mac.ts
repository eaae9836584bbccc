import type { TapReport } from "../sentinel/tap-report.ts";
import { defineCheck } from "./check.ts";
import { judgeHeard } from "./judge-heard.ts";
import { listOf, nameOfTap } from "./words.ts";

/**
 * Frames between nodes come from the MAC of the last hop and go to that of the next one. Routes and addresses may all be right, and
 * packets arrive, while a stale entry, two machines with one MAC, or a stranger who answers ARP sends them another way.
 */
export const nextHopMac = defineCheck({
  of: "network",
  name: "next-hop-mac",
  part: "encapsulation",
  proves:
    "in the whole run every frame between nodes came from the MAC of its last hop and went to the MAC of its next hop",
  judge: (networkCase) =>
    judgeHeard(networkCase, {
      check: "next-hop-mac",
      found: ({ misaddressed }) => misaddressed,
      category: "wrong next hop",
      unit: "frames",
      expected: (reports) =>
        `frames from the last hop's MAC to the next hop's at ${listOf(reports.map(({ tap }) => nameOfTap(tap)))}, from the first probe to the last measurement`,
      observed: {
        doubtful: "no other MAC, as far as the taps can tell",
        pass: (reports) => ["no other MAC", ...unaskedWords(reports).map((words) => `not asked: ${words}`)].join("; "),
      },
      unasked: (reports) => unaskedWords(reports)[0] ?? "no MAC was read there",
    }),
});

/** Everything that was not asked, in one part; [] where all was. */
function unaskedWords(reports: readonly TapReport[]): readonly string[] {
  const all = reports.flatMap(({ tap, unasked }) => (unasked === undefined ? [] : [`${nameOfTap(tap)}: ${unasked}`]));
  return all.length === 0 ? [] : [all.join("; ")];
}

import type { TapReport } from "../sentinel/tap-report.ts";
import { defineCheck } from "./check.ts";
import { judgeHeard } from "./judge-heard.ts";
import { listOf, nameOfTap } from "./words.ts";

/**
 * Between nodes nothing of the pods shows in a form that the mode does not say, whoever sent it and whenever in the run: no probe need
 * have asked for it.
 */
export const sentinel = defineCheck({
  of: "network",
  name: "sentinel",
  part: "encapsulation",
  proves:
    "in the whole run nothing of the pods showed between nodes in a form, tunnel, VLAN or port that the mode does not say",
  judge: (networkCase) =>
    judgeHeard(networkCase, {
      check: "sentinel",
      found: ({ offences }) => offences,
      category: "leak",
      unit: "packets",
      expected: expectedAt,
      observed: { doubtful: "nothing, as far as the taps can tell", pass: looked },
    }),
});

function expectedAt(reports: readonly TapReport[]): string {
  const taps = listOf(reports.map(({ tap }) => nameOfTap(tap)));
  const tags = reports.flatMap(({ tap }) => (tap.vlan === undefined ? [] : [`VLAN ${tap.vlan} at ${nameOfTap(tap)}`]));
  const tagged = tags.length === 0 ? "" : `, and nothing without the tag of ${listOf(tags)}`;
  return `nothing of the pods in another form than the mode's at ${taps}${tagged}, from the first probe to the last measurement`;
}

function looked(reports: readonly TapReport[]): string {
  return `nothing; ${reports.reduce((sum, { packets }) => sum + packets, 0)} packets looked at one by one`;
}

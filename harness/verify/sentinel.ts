import { groupBy } from "../core/group-by.ts";
import type { TapReport } from "../sentinel/tap-report.ts";
import { defineCheck } from "./check.ts";
import { offenceInWords } from "./offence-words.ts";
import type { Verdict } from "./verdict.ts";
import { listOf, nameOfTap } from "./words.ts";

/** How many kinds of offences a reason spells out; all of them are evidence. */
const spelledOut = 3;

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
  judge: ({ mode, heard }) =>
    [...groupBy(heard ?? [], ({ tap }) => tap.node)].map(([node, reports]) => verdictOn(mode.id, node, reports)),
});

function verdictOn(mode: string, node: string, reports: readonly TapReport[]): Verdict {
  const taps = listOf(reports.map(({ tap }) => nameOfTap(tap)));
  const tags = reports.flatMap(({ tap }) => (tap.vlan === undefined ? [] : [`VLAN ${tap.vlan} at ${nameOfTap(tap)}`]));
  const tagged = tags.length === 0 ? "" : `, and nothing without the tag of ${listOf(tags)}`;
  const base = {
    id: `${mode}/sentinel/${node}`,
    check: "sentinel",
    expected: `nothing of the pods in another form than the mode's at ${taps}${tagged}, from the first probe to the last measurement`,
  } as const;
  const offences = reports.flatMap(({ tap, offences: own }) =>
    own.map((offence) => ({ tap: nameOfTap(tap), offence })),
  );
  if (offences.length > 0) {
    const sentences = offences.map(({ tap, offence }) => `${tap}: ${offenceInWords(offence)}`);
    const more = sentences.length > spelledOut ? `; and ${sentences.length - spelledOut} more kinds` : "";
    return {
      ...base,
      status: "fail",
      observed: `${offences.reduce((sum, { offence }) => sum + offence.packets, 0)} packets of ${offences.length} kind${offences.length === 1 ? "" : "s"}`,
      reason: `${sentences.slice(0, spelledOut).join("; ")}${more}`,
      category: "leak",
      evidence: offences.flatMap(({ tap, offence }) => [
        `${tap} (${offence.file} #${offence.number}): ${offenceInWords(offence)}`,
        ...offence.lines.map((line) => `  ${line}`),
      ]),
    };
  }
  const doubts = reports.flatMap(({ tap, doubts: own }) => own.map((doubt) => `tap ${nameOfTap(tap)}: ${doubt}`));
  if (doubts.length > 0) {
    const reason = `${doubts.slice(0, spelledOut).join("; ")}: see that tcpdump runs there`;
    return {
      ...base,
      status: "inconclusive",
      observed: "nothing, as far as the taps can tell",
      reason,
      category: "inconclusive",
      evidence: doubts,
    };
  }
  const looked = reports.reduce((sum, { packets }) => sum + packets, 0);
  return { ...base, status: "pass", observed: `nothing; ${looked} packets looked at one by one`, evidence: [] };
}

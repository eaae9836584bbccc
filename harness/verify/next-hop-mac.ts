import { groupBy } from "../core/group-by.ts";
import type { Offence, TapReport } from "../sentinel/tap-report.ts";
import { defineCheck } from "./check.ts";
import { offenceInWords } from "./offence-words.ts";
import type { Verdict } from "./verdict.ts";
import { listOf, nameOfTap } from "./words.ts";

/** How many kinds of frames a reason spells out; all of them are evidence. */
const spelledOut = 3;

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
  judge: ({ mode, heard }) =>
    [...groupBy(heard ?? [], ({ tap }) => tap.node)].map(([node, reports]) => verdictOn(mode.id, node, reports)),
});

function verdictOn(mode: string, node: string, reports: readonly TapReport[]): Verdict {
  const taps = listOf(reports.map(({ tap }) => nameOfTap(tap)));
  const base = {
    id: `${mode}/next-hop-mac/${node}`,
    check: "next-hop-mac",
    expected: `frames from the last hop's MAC to the next hop's at ${taps}, from the first probe to the last measurement`,
  } as const;
  const found = reports.flatMap(({ tap, misaddressed = [] }) =>
    misaddressed.map((offence) => ({ tap: nameOfTap(tap), offence })),
  );
  if (found.length > 0) return { ...base, status: "fail", ...failure(found) };
  const unasked = reports.flatMap(({ tap, unasked: why }) => (why === undefined ? [] : [`${nameOfTap(tap)}: ${why}`]));
  if (reports.every(({ misaddressed }) => misaddressed === undefined)) {
    const reason = unasked.join("; ") || "no MAC was read there";
    return { ...base, status: "skip", observed: "not asked", reason, evidence: [] };
  }
  const doubts = reports.flatMap(({ tap, doubts: own }) => own.map((doubt) => `tap ${nameOfTap(tap)}: ${doubt}`));
  if (doubts.length > 0) {
    const reason = `${doubts.slice(0, spelledOut).join("; ")}: see that tcpdump runs there`;
    return {
      ...base,
      status: "inconclusive",
      observed: "no other MAC, as far as the taps can tell",
      reason,
      category: "inconclusive",
      evidence: doubts,
    };
  }
  const partly = unasked.length === 0 ? "" : `; not asked: ${unasked.join("; ")}`;
  return { ...base, status: "pass", observed: `no other MAC${partly}`, evidence: [] };
}

interface Found {
  readonly tap: string;
  readonly offence: Offence;
}

function failure(found: readonly Found[]): Pick<Verdict, "observed" | "reason" | "category" | "evidence"> {
  const sentences = found.map(({ tap, offence }) => `${tap}: ${offenceInWords(offence)}`);
  const more = sentences.length > spelledOut ? `; and ${sentences.length - spelledOut} more kinds` : "";
  const packets = found.reduce((sum, { offence }) => sum + offence.packets, 0);
  return {
    observed: `${packets} frames of ${found.length} kind${found.length === 1 ? "" : "s"}`,
    reason: `${sentences.slice(0, spelledOut).join("; ")}${more}`,
    category: "wrong next hop",
    evidence: found.flatMap(({ tap, offence }) => [
      `${tap} (${offence.file} #${offence.number}): ${offenceInWords(offence)}`,
      ...offence.lines.map((line) => `  ${line}`),
    ]),
  };
}

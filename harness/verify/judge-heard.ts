import { groupBy } from "../core/group-by.ts";
import type { Offence, TapReport } from "../sentinel/tap-report.ts";
import type { NetworkCase } from "./check.ts";
import { offenceInWords } from "./offence-words.ts";
import type { Category, Verdict } from "./verdict.ts";
import { nameOfTap } from "./words.ts";

interface HeardQuestion {
  /** Name of the check. */
  readonly check: string;
  /** What of a tap's report is wrong; undefined where the tap was not asked. */
  readonly found: (report: TapReport) => readonly Offence[] | undefined;
  readonly category: Category;
  /** What is counted: "packets". */
  readonly unit: string;
  readonly expected: (reports: readonly TapReport[]) => string;
  /** Of a node whose taps may be deaf, and of one whose taps all heard well. */
  readonly observed: { readonly doubtful: string; readonly pass: (reports: readonly TapReport[]) => string };
  /** Why nothing was asked, where no tap of a node was. */
  readonly unasked?: (reports: readonly TapReport[]) => string;
}

/** How many kinds a reason spells out; all of them are evidence. */
const spelledOut = 3;

/** One verdict for each node and router, on what its taps heard over the whole run. */
export function judgeHeard({ mode, heard = [] }: NetworkCase, question: HeardQuestion): readonly Verdict[] {
  return [...groupBy(heard, ({ tap }) => tap.node)].map(([node, reports]) =>
    verdictOn(`${mode.id}/${question.check}/${node}`, reports, question),
  );
}

function verdictOn(id: string, reports: readonly TapReport[], question: HeardQuestion): Verdict {
  const { check, observed, unasked } = question;
  const base = { id, check, expected: question.expected(reports) } as const;
  const asked = reports.flatMap((report) => {
    const found = question.found(report);
    return found === undefined ? [] : [found.map((offence) => ({ tap: nameOfTap(report.tap), offence }))];
  });
  const found = asked.flat();
  if (found.length > 0) return { ...base, status: "fail", ...failure(found, question) };
  if (asked.length === 0 && unasked !== undefined)
    return { ...base, status: "skip", observed: "not asked", reason: unasked(reports), evidence: [] };
  const doubts = reports.flatMap(({ tap, doubts: own }) => own.map((doubt) => `tap ${nameOfTap(tap)}: ${doubt}`));
  if (doubts.length === 0) return { ...base, status: "pass", observed: observed.pass(reports), evidence: [] };
  const reason = `${doubts.slice(0, spelledOut).join("; ")}: see that tcpdump runs there`;
  return {
    ...base,
    status: "inconclusive",
    observed: observed.doubtful,
    reason,
    category: "inconclusive",
    evidence: doubts,
  };
}

interface Found {
  readonly tap: string;
  readonly offence: Offence;
}

function failure(
  found: readonly Found[],
  { category, unit }: HeardQuestion,
): Pick<Verdict, "observed" | "reason" | "category" | "evidence"> {
  const sentences = found.map(({ tap, offence }) => `${tap}: ${offenceInWords(offence)}`);
  const more = sentences.length > spelledOut ? `; and ${sentences.length - spelledOut} more kinds` : "";
  const packets = found.reduce((sum, { offence }) => sum + offence.packets, 0);
  return {
    observed: `${packets} ${unit} of ${found.length} kind${found.length === 1 ? "" : "s"}`,
    reason: `${sentences.slice(0, spelledOut).join("; ")}${more}`,
    category,
    evidence: found.flatMap(({ tap, offence }) => [
      `${tap} (${offence.file} #${offence.number}): ${offenceInWords(offence)}`,
      ...offence.lines.map((line) => `  ${line}`),
    ]),
  };
}

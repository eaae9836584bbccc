import { matchesWholeGlob } from "../core/glob.ts";
import type { RunRecord } from "../run/record.ts";
import type { Verdict } from "../verify/verdict.ts";
import type { Answer } from "./step.ts";

/** Which verdicts are asked: an id or a pattern of ids, a check of theirs, or a check alone. */
export interface Asked {
  readonly id?: string;
  readonly check?: string;
}

/** Reads `ID`, `ID:CHECK` or `CHECK`; an id has slashes. */
export function readAsked(word: string): Asked {
  const at = word.lastIndexOf(":");
  if (at > 0) return { id: word.slice(0, at), check: word.slice(at + 1) };
  return word.includes("/") ? { id: word } : { check: word };
}

/** What a run says to the question, with the verdicts that say it. Pure. */
export function judgeStep(
  record: Pick<RunRecord, "verdicts" | "troubles" | "scenarios">,
  { id, check }: Asked,
): { readonly answer: Answer; readonly reason: string; readonly verdicts: readonly Verdict[] } {
  const verdicts = record.verdicts.filter(
    (one) => (id === undefined || matchesWholeGlob(id, one.id)) && (check === undefined || one.check === check),
  );
  const of = (status: Verdict["status"]): readonly Verdict[] => verdicts.filter((one) => one.status === status);
  const [failed] = of("fail");
  if (failed !== undefined) return { answer: "bad", reason: failed.reason ?? "", verdicts: of("fail") };
  const [doubt] = of("inconclusive");
  if (doubt !== undefined) {
    return { answer: "untestable", reason: doubt.reason ?? "inconclusive", verdicts: of("inconclusive") };
  }
  if (of("pass").length > 0) return { answer: "good", reason: "", verdicts: of("pass") };
  return { answer: "untestable", reason: whyNothing(record, verdicts), verdicts };
}

function whyNothing(
  { troubles, scenarios }: Pick<RunRecord, "troubles" | "scenarios">,
  skipped: readonly Verdict[],
): string {
  const [trouble] = troubles;
  if (trouble !== undefined) return `lab error in ${trouble.phase}: ${trouble.message.split("\n")[0] ?? ""}`;
  const skip = scenarios.find((scenario) => scenario.skip !== undefined)?.skip ?? skipped[0]?.reason;
  return skip === undefined ? "the run gave no verdict on it" : `skipped: ${skip}`;
}

import type { Category, PathCase, Verdict } from "./verdict.ts";

/** Something that contradicts the expectation. */
export interface Finding {
  readonly category: Category;
  /** One sentence with hop and direction. */
  readonly reason: string;
  readonly evidence?: readonly string[];
}

/** What a check found out, before it becomes a verdict. */
export interface Outcome {
  readonly expected: string;
  readonly observed: string;
  readonly findings: readonly Finding[];
  /** Sentences that say why nothing can be claimed, and what would settle it. */
  readonly doubts: readonly string[];
  /** Proof of a pass. */
  readonly evidence?: readonly string[];
}

/** How many findings and doubts a verdict spells out; the rest is counted. */
const spelledOut = 3;

/** A finding fails whatever is in doubt, a doubt forbids a pass; the first finding names the category. */
export function conclude(pathCase: PathCase, check: string, outcome: Outcome): Verdict {
  const { expected, observed, findings, doubts } = outcome;
  const base = { id: pathCase.expectation.path.id, check, expected, observed };
  const [first] = findings;
  if (first !== undefined) {
    const reason = shortened(findings.map((finding) => finding.reason));
    const evidence = findings.slice(0, spelledOut).flatMap((finding) => finding.evidence ?? []);
    return { ...base, status: "fail", reason, category: first.category, evidence };
  }
  const evidence = outcome.evidence ?? [];
  if (doubts.length === 0) return { ...base, status: "pass", evidence };
  return { ...base, status: "inconclusive", reason: shortened(doubts), category: "inconclusive", evidence };
}

function shortened(sentences: readonly string[]): string {
  const different = [...new Set(sentences)];
  const more = different.length - spelledOut;
  return [...different.slice(0, spelledOut), ...(more > 0 ? [`and ${more} more of the kind`] : [])].join("; ");
}

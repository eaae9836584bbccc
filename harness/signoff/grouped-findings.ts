import { groupBy } from "../core/group-by.ts";
import type { SignedFinding } from "./signoff.ts";

/** Findings that are the same in other places: the first, and how many are like it. */
export interface FindingGroup {
  readonly first: SignedFinding;
  readonly alike: number;
}

/** Findings other than skips, one group for each kind of trouble in a cell; failures first. Skips stand in the coverage. */
export function groupedFindings(findings: readonly SignedFinding[]): readonly FindingGroup[] {
  const wrong = findings.filter(({ status }) => status !== "skip");
  const kinds = groupBy(wrong, ({ on, mode, status, category, check, waived }) =>
    [on, mode, status, category ?? check, waived?.until ?? ""].join("\n"),
  );
  const groups = [...kinds.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ first, alike: others.length }],
  );
  return groups.toSorted((a, b) => rank(a.first) - rank(b.first));
}

function rank({ group, status, waived }: SignedFinding): number {
  return (group === "informing" ? 4 : 0) + (waived === undefined ? 0 : 2) + (status === "fail" ? 0 : 1);
}

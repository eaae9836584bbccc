import { htmlCell as cell, htmlTable as table, htmlText as text } from "../report/page-html.ts";
import type { CoverageRow } from "./coverage.ts";
import type { Signoff } from "./signoff.ts";

/** What was certified and what was not, area by area; what nobody asked has a line too. */
export function coverageTable({ cells, modesNotAsked }: Signoff): readonly string[] {
  const rows = cells.flatMap(({ mode, configuration, coverage }) =>
    coverage.map((row) => [
      cell(mode),
      cell(row.area),
      cell(String(row.certified), row.certified > 0 ? "pass" : ""),
      count(row.failed, "fail"),
      count(row.waived, "inconclusive"),
      count(row.inconclusive, "inconclusive"),
      cell(skipWords(row), row.skipped > 0 ? "skip" : ""),
      cell(configuration.title),
    ]),
  );
  const never = modesNotAsked.map((mode) => [
    cell(mode),
    cell("everything"),
    cell("0"),
    ...["", "", ""].map((empty) => cell(empty)),
    cell("not asked", "skip"),
    cell(""),
  ]);
  const head = ["mode", "what", "certified", "failed", "waived", "inconclusive", "not certified", "configuration"];
  return [
    text("p", "A skip is not certified, and never a pass.", { class: "faint" }),
    table(head, [...rows, ...never]),
  ];
}

/** "60: the kernel has no ipip module" */
function skipWords({ skipped, reasons }: CoverageRow): string {
  if (skipped === 0) return "";
  return reasons.length === 0 ? String(skipped) : `${skipped}: ${reasons.join("; ")}`;
}

function count(value: number, style: string): string {
  return value === 0 ? cell("") : cell(String(value), style);
}

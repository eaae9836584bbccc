import { groupBy } from "../core/group-by.ts";
import { htmlCell as cell, htmlTable as table, htmlText as text } from "../report/page-html.ts";
import type { CoverageRow } from "./coverage.ts";
import type { SignedCell, Signoff } from "./signoff.ts";

/** What was certified and what was not: a table for each configuration, modes across, and in words what nobody asked. */
export function coverageTables({ cells, modesNotAsked }: Signoff): readonly string[] {
  const configurations = groupBy(cells, ({ configuration }) => configuration.title);
  const never = `Not asked at all, and therefore not certified: ${modesNotAsked.join(", ")}.`;
  return [
    text("p", "In paths and nodes. A skip is not certified, and never a pass.", { class: "faint" }),
    ...[...configurations].flatMap(([title, own]) => [text("h3", title), tableOf(own), ...skipped(own)]),
    ...(modesNotAsked.length === 0 ? [] : [text("p", never)]),
  ];
}

function tableOf(cells: readonly SignedCell[]): string {
  const areas = [...new Set(cells.flatMap(({ coverage }) => coverage.map(({ area }) => area)))];
  const rows = areas.map((area) => [
    text("th", area, { scope: "row" }),
    ...cells.map(({ coverage }) => {
      const row = coverage.find((one) => one.area === area);
      return row === undefined ? cell("·", "skip") : cell(rowWords(row), styleOf(row));
    }),
  ]);
  return table(["", ...cells.map(({ mode }) => mode)], rows);
}

function skipped(cells: readonly SignedCell[]): readonly string[] {
  const reasons = cells.flatMap(({ mode, coverage }) =>
    [...new Set(coverage.flatMap((row) => row.reasons))].map((reason) => text("p", `${mode}, skipped: ${reason}`)),
  );
  return reasons;
}

/** "4 certified", "2 certified, 2 failed" */
function rowWords(row: CoverageRow): string {
  const parts = [
    [row.certified, "certified"],
    [row.failed, "failed"],
    [row.waived, "waived"],
    [row.inconclusive, "inconclusive"],
    [row.skipped, "not certified"],
  ] as const;
  return parts.flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}`])).join(", ");
}

function styleOf({ failed, waived, inconclusive, certified }: CoverageRow): string {
  if (failed > 0) return "fail";
  if (waived > 0 || inconclusive > 0) return "inconclusive";
  return certified > 0 ? "pass" : "skip";
}

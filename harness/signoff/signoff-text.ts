import { join } from "node:path";
import { groupedFindings } from "./grouped-findings.ts";
import type { Signoff } from "./signoff.ts";
import { causeWords, cellWords } from "./status-words.ts";

/** A sign-off on the console: cells, what is wrong, then the decision last, where eyes are. */
export function renderSignoffText(signoff: Signoff, folder: string): readonly string[] {
  const { cells, reasons, notes, verdict } = signoff;
  const width = Math.max(0, ...cells.map(({ mode }) => mode.length));
  const groups = (["blocking", "informing"] as const).flatMap((group) => {
    const own = cells.filter((cell) => cell.group === group);
    if (own.length === 0) return [];
    return [
      group,
      ...own.map((cell) => `  ${cell.mode.padEnd(width)}  ${cellWords(cell)}  ${cell.configuration.title}`),
    ];
  });
  const changed = cells.flatMap(({ mode, changed: list, streak }) =>
    list === undefined || streak?.lastGreen === undefined
      ? []
      : [
          `  ${mode}: green last on ${streak.lastGreen.at}; since then ${list.join("; ") || "nothing that is recorded changed"}`,
        ],
  );
  const several = new Set(cells.map(({ configuration }) => configuration.title)).size > 1;
  const wrong = groupedFindings(signoff.findings).map(({ first, alike }) => {
    const { id, category, check, on, waived } = first;
    const told = waived === undefined ? "" : ` (waived until ${waived.until})`;
    return `  ${id}: ${category ?? check}${told}${alike === 0 ? "" : `, and ${alike} more alike`}${several ? `  ${on}` : ""}`;
  });
  return [
    ...groups,
    ...titled("since the last green", changed),
    ...titled(
      "causes",
      causeWords(cells).map((line) => `  ${line}`),
    ),
    ...titled("wrong, inconclusive or waived", wrong),
    ...titled(
      "to be known",
      notes.map((note) => `  ${note}`),
    ),
    ...titled("not asked", signoff.modesNotAsked.length === 0 ? [] : [`  ${signoff.modesNotAsked.join(", ")}`]),
    "",
    verdict,
    ...(reasons.length > 1 ? reasons.map((reason) => `  ${reason}`) : []),
    `page    ${join(folder, "signoff.html")}`,
    `verify  npm run lab -- signoff --verify ${folder}`,
  ];
}

function titled(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines];
}

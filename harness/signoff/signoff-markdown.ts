import { marks } from "../report/style.ts";
import { totalOf } from "./coverage.ts";
import { groupedFindings } from "./grouped-findings.ts";
import type { Signoff } from "./signoff.ts";
import { causeWords, cellWords } from "./status-words.ts";

/** A sign-off as Markdown: for a CI's step summary, a release ticket, a pull request. */
export function renderSignoffMarkdown(signoff: Signoff): string {
  const { id, at, decision, verdict, reasons, notes } = signoff;
  return [
    `# ${decision === "go" ? "Go" : "No-go"}`,
    "",
    verdict,
    "",
    `Sign-off ${id}, ${at}.`,
    ...listed("Why", reasons),
    ...matrix(signoff),
    ...listed("Since the last green", changes(signoff)),
    ...listed("Causes", causeWords(signoff.cells)),
    ...listed("Wrong, inconclusive or waived", findings(signoff)),
    ...listed("To be known", notes),
    ...listed("Not certified", notCertified(signoff)),
    ...listed("What was tested", [
      ...signoff.tested,
      ...signoff.subjects.map(({ name, sha256 }) => `${name} \`sha256:${sha256}\``),
    ]),
    "",
  ].join("\n");
}

function listed(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", `## ${title}`, "", ...lines.map((line) => `- ${line}`)];
}

function matrix({ cells }: Signoff): readonly string[] {
  const columns = [...new Set(cells.map(({ configuration }) => configuration.title))];
  const modes = [...new Set(cells.map(({ mode }) => mode))];
  const row = (parts: readonly string[]): string => `| ${parts.join(" | ")} |`;
  const head = (title: string): string => {
    const group = cells.find(({ configuration }) => configuration.title === title)?.group;
    return group === "informing" ? `${title} (informing)` : title;
  };
  const body = modes.map((mode) =>
    row([
      mode,
      ...columns.map((title) => {
        const found = cells.find((one) => one.mode === mode && one.configuration.title === title);
        return found === undefined ? "not asked" : cellWords(found);
      }),
    ]),
  );
  return ["", "## Matrix", "", row(["mode", ...columns.map(head)]), row(["---", ...columns.map(() => "---")]), ...body];
}

function changes({ cells }: Signoff): readonly string[] {
  return cells.flatMap(({ mode, configuration, changed, streak }) => {
    if (changed === undefined || streak?.lastGreen === undefined) return [];
    const what = changed.length === 0 ? "nothing that is recorded changed" : changed.join("; ");
    return [
      `${mode} on ${configuration.title}, green last on ${streak.lastGreen.at} (${streak.lastGreen.id}): ${what}`,
    ];
  });
}

function findings(signoff: Signoff): readonly string[] {
  return groupedFindings(signoff.findings).map(({ first, alike }) => {
    const { status, id, check, category = check, expected, observed, on, waived } = first;
    const more = alike === 0 ? "" : `, and ${alike} more alike`;
    const told = waived === undefined ? "" : `; waived by ${waived.who} until ${waived.until}: ${waived.reason}`;
    return `${marks[status]} \`${id}\` on ${on}: ${category}${more}; expected ${expected}, observed ${observed}${told}`;
  });
}

function notCertified({ cells, modesNotAsked }: Signoff): readonly string[] {
  const skipped = cells.flatMap(({ mode, configuration, coverage }) => {
    const { skipped: count } = totalOf(coverage);
    const reasons = [...new Set(coverage.flatMap(({ reasons: own }) => own))];
    return count === 0 ? [] : [`${mode} on ${configuration.title}: ${count} skipped: ${reasons.join("; ")}`];
  });
  return [...skipped, ...modesNotAsked.map((mode) => `${mode}: not asked`)];
}

import { commandTyped } from "../core/command-words.ts";
import { formatFigure } from "./format.ts";
import { cellText } from "./grid-cell.ts";
import { countsOf, fitsPage } from "./grid-counts.ts";
import { renderHopSvg } from "./hop-svg.ts";
import type { Failure, Grid, ModeSummary, RunSummary } from "./run-summary.ts";
import { htmlCell, htmlPage, htmlTable, htmlText } from "./page-html.ts";
import { marks } from "./style.ts";
import { escapeText } from "./xml.ts";

/** The summary as a page of its own: no script, nothing fetched, light and dark, for phones and for paper. */
export function renderSummaryPage(summary: RunSummary): string {
  return htmlPage(`encaplab run ${summary.id}: ${summary.decision}`, renderSummaryBody(summary));
}

function renderSummaryBody(summary: RunSummary): string {
  const { decision, verdict, modes, tests, troubles, injected, versions, command } = summary;
  return [
    htmlText("h1", decision === "go" ? "Go" : "No-go", { class: decision }),
    htmlText("p", sentence(verdict.replace(/^(Go|No-go): /, "")), { class: "verdict" }),
    htmlText("p", about(summary), { class: "faint" }),
    ...(injected === undefined ? [] : [htmlText("p", `The run itself put a fault into its lab: ${injected}.`)]),
    ...(modes.length > 1 ? [overview(modes)] : []),
    ...modes.map(modeSection),
    ...(tests.length === 0 ? [] : [testsSection(tests)]),
    ...(troubles.length === 0 ? [] : [htmlText("h2", "Lab errors"), ...troubles.map((text) => htmlText("pre", text))]),
    htmlText("h2", "Versions"),
    htmlTable(Object.keys(versions), [Object.values(versions).map((value) => htmlCell(value))]),
    htmlText("h2", "Run it again"),
    htmlText("pre", commandTyped(command)),
  ].join("\n");
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function about({ id, topology, startedAt, seconds, versions: { kernel } }: RunSummary): string {
  const began = startedAt.replace("T", " ").replace(/\.\d+Z$/, " UTC");
  const on = kernel === undefined ? [] : [`kernel ${kernel}`];
  return [`Run ${id}`, `topology ${topology}`, ...on, began, `${formatFigure(seconds)} s`].join(" · ");
}

/** All modes of a run in one table, which is what a page of several begins with. */
function overview(modes: readonly ModeSummary[]): string {
  const rows = modes.map((mode) => {
    const skipped = mode.coverage.skipped.reduce((sum, { count }) => sum + count, 0);
    const counts = [...countCells(mode.coverage), htmlCell(String(skipped), skipped > 0 ? "skip" : "")];
    return [htmlCell(mode.title), htmlCell(`${mode.provider}, ${mode.dataplane}`), ...counts];
  });
  return htmlTable(["mode", "on", "proven", "wrong", "inconclusive", "skipped"], rows);
}

function countCells({ proven, wrong, inconclusive }: ModeSummary["coverage"]): readonly string[] {
  return [
    htmlCell(String(proven), proven > 0 ? "pass" : ""),
    htmlCell(String(wrong), wrong > 0 ? "fail" : ""),
    htmlCell(String(inconclusive), inconclusive > 0 ? "inconclusive" : ""),
  ];
}

function modeSection(mode: ModeSummary): string {
  const { skipped, notAsked } = mode.coverage;
  const heads = ["proven", "wrong", "inconclusive", ...skipped.map(({ reason }) => `skipped: ${reason}`)];
  const counts = [...countCells(mode.coverage), ...skipped.map(({ count }) => htmlCell(String(count), "skip"))];
  return [
    "<section>",
    htmlText("h2", mode.title),
    htmlText("p", `${mode.provider}, ${mode.dataplane}`, { class: "faint" }),
    ...mode.causes.map((one) => cause(one, mode.coverage.wrong)),
    sideBySide(mode.grids.map(grid)),
    htmlText("h3", "Coverage, in paths and nodes"),
    htmlTable(heads, [counts]),
    ...(notAsked.length === 0 ? [] : [htmlText("p", `Not asked: ${notAsked.join("; ")}.`, { class: "faint" })]),
    ...costs(mode),
    ...mode.failures.map(failure),
    "</section>",
  ].join("\n");
}

function cause({ sentence, fix, issues, explains }: ModeSummary["causes"][number], wrong: number): string {
  const share = explains === wrong ? "all that is wrong" : `${explains} of the ${wrong} that are wrong`;
  const see = issues.length === 0 ? "" : ` Reports of the same: ${issues.map(issueName).join(", ")}.`;
  return [
    '<div class="failure">',
    htmlText("h3", `Cause: ${sentence}`, { class: "fail" }),
    htmlText(
      "p",
      `Fix: ${fix}. It explains ${share}: ${explains === 1 ? "1 path or node" : `${explains} paths and nodes`}.${see}`,
    ),
    "</div>",
  ].join("\n");
}

/** Plain numbers are those of Calico's own repository. */
function issueName(issue: string): string {
  return /^#?\d+$/.test(issue) ? `projectcalico/calico#${issue.replace("#", "")}` : issue;
}

function grid({ title, sources, targets, cells }: Grid): string {
  if (!fitsPage({ sources, targets })) return htmlText("h3", title) + htmlText("p", countsOf(cells));
  const rows = sources.map((source) => [
    `<th scope="row">from ${escapeText(source)}</th>`,
    ...targets.map((target) => {
      const found = cells.find((one) => one.source === source && one.target === target);
      if (found === undefined) return htmlCell("·", "skip");
      return htmlCell(cellText(found), found.status);
    }),
  ]);
  return htmlText("h3", title) + htmlTable(["", ...targets.map((target) => `to ${target}`)], rows);
}

function costs({ costs: all }: ModeSummary): readonly string[] {
  if (all.length === 0) return [];
  const rows = all.map(({ what, on, median, min, max, unit, samples, indicative }) => {
    const range = min === max ? "" : ` [${formatFigure(min)}–${formatFigure(max)}]`;
    return [
      htmlCell(what === on ? what : `${what}, ${on}`),
      htmlCell(`${formatFigure(median)}${range} ${unit}`),
      htmlCell(`${indicative ? "~" : ""}${samples}`),
    ];
  });
  const half = rows.length > longestTable ? Math.ceil(rows.length / 2) : rows.length;
  const tables = [rows.slice(0, half), rows.slice(half)].filter((part) => part.length > 0);
  return [
    htmlText("h3", "What it costs: median [smallest–largest], n samples (~ indicative)"),
    sideBySide(tables.map((part) => htmlTable(["measured", "value", "n"], part))),
  ];
}

/** Rows beyond which a table becomes two beside each other, so that a page of all modes stays a short one. */
const longestTable = 6;

/** Parts beside each other where the page is wide enough. */
function sideBySide(parts: readonly string[]): string {
  return `<div class="beside">${parts.map((part) => `<div>${part}</div>`).join("")}</div>`;
}

function failure(one: Failure): string {
  const alike = one.alike === 0 ? "" : `, and ${one.alike} more alike`;
  return [
    '<div class="failure">',
    htmlText("h3", `${marks[one.status]} ${one.title} — ${one.category}${alike}`, { class: one.status }),
    htmlTable(["expected", "observed"], [[htmlCell(one.expected), htmlCell(one.observed, one.status)]]),
    ...reasonsOf(one).map((text) => htmlText("p", text)),
    ...(one.path === undefined ? [] : [`<div class="wide">${renderHopSvg(one.path)}</div>`]),
    htmlText("pre", one.commands.length === 0 ? one.id : one.commands.join("\n"), { class: "faint" }),
    "</div>",
  ].join("\n");
}

/** Why, in its first lines; what stands in the table already is left out. */
function reasonsOf({ reason, observed }: Failure): readonly string[] {
  const lines = [...new Set(reason.split(/; |\n/))].filter((line) => line.trim() !== "" && line !== observed);
  return lines.length <= shownReasons
    ? lines
    : [...lines.slice(0, shownReasons), `… ${lines.length - shownReasons} more`];
}

/** Reasons of one failure that a page shows. */
const shownReasons = 4;

function testsSection(tests: RunSummary["tests"]): string {
  const rows = tests.map(({ title, status, reason }) => [
    htmlCell(`${marks[status]} ${title}`, status),
    htmlCell(reason.split("\n", 1)[0] ?? ""),
  ]);
  return htmlText("h2", "Your own tests") + htmlTable(["test", "why"], rows);
}

import { asTyped } from "../core/command-words.ts";
import { formatFigure } from "./format.ts";
import { cellText } from "./grid-cell.ts";
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
  const { decision, verdict, modes, tests, troubles, versions, command, topology, startedAt, seconds } = summary;
  const began = startedAt.replace("T", " ").replace(/\.\d+Z$/, " UTC");
  return [
    htmlText("h1", decision === "go" ? "Go" : "No-go", { class: decision }),
    htmlText("p", verdict, { class: "verdict" }),
    htmlText("p", `Topology ${topology} · ${began} · ${formatFigure(seconds)} s`, { class: "faint" }),
    ...modes.map(modeSection),
    ...(tests.length === 0 ? [] : [testsSection(tests)]),
    ...(troubles.length === 0 ? [] : [htmlText("h2", "Lab errors"), ...troubles.map((text) => htmlText("pre", text))]),
    htmlText("h2", "Versions"),
    htmlTable(
      ["what", "release"],
      Object.entries(versions).map(([name, value]) => [htmlCell(name), htmlCell(value)]),
    ),
    htmlText("h2", "Run it again"),
    htmlText("pre", asTyped(command.replace(/^encaplab /, "npm run lab -- "))),
  ].join("\n");
}

function modeSection(mode: ModeSummary): string {
  const { proven, wrong, inconclusive, skipped, notAsked } = mode.coverage;
  const rows = [
    [htmlCell("proven"), htmlCell(String(proven), "pass")],
    [htmlCell("wrong"), htmlCell(String(wrong), wrong > 0 ? "fail" : "")],
    [htmlCell("inconclusive"), htmlCell(String(inconclusive), inconclusive > 0 ? "inconclusive" : "")],
    ...skipped.map(({ reason, count }) => [htmlCell(`skipped: ${reason}`), htmlCell(String(count), "skip")]),
  ];
  return [
    "<section>",
    htmlText("h2", mode.title),
    htmlText("p", `${mode.provider}, ${mode.dataplane}`, { class: "faint" }),
    ...mode.causes.map(cause),
    ...mode.grids.map(grid),
    htmlText("h3", "Coverage, in paths and nodes"),
    htmlTable(["outcome", "count"], rows),
    ...(notAsked.length === 0 ? [] : [htmlText("p", `Not asked: ${notAsked.join("; ")}.`, { class: "faint" })]),
    ...costs(mode),
    ...mode.failures.map(failure),
    "</section>",
  ].join("\n");
}

function cause({ sentence, fix, issues, explains }: ModeSummary["causes"][number]): string {
  const see = issues.length === 0 ? "" : ` See ${issues.join(", ")}.`;
  return [
    '<div class="failure">',
    htmlText("h3", `Cause: ${sentence}`, { class: "fail" }),
    htmlText("p", `Fix: ${fix}. It explains what is wrong with ${explains} paths and nodes.${see}`),
    "</div>",
  ].join("\n");
}

function grid({ title, sources, targets, cells }: Grid): string {
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
    const how = `${samples} sample${samples === 1 ? "" : "s"}${indicative ? ", indicative" : ""}`;
    return [
      htmlCell(what === on ? what : `${what}, ${on}`),
      htmlCell(`${formatFigure(median)}${range} ${unit}`),
      htmlCell(how),
    ];
  });
  return [htmlText("h3", "What it costs: median [smallest–largest]"), htmlTable(["measured", "value", "from"], rows)];
}

function failure(one: Failure): string {
  const alike = one.alike === 0 ? "" : `, and ${one.alike} more alike`;
  return [
    '<div class="failure">',
    htmlText("h3", `${marks[one.status]} ${one.title} — ${one.category}${alike}`, { class: one.status }),
    htmlTable(["expected", "observed"], [[htmlCell(one.expected), htmlCell(one.observed, one.status)]]),
    htmlText("p", one.id, { class: "faint" }),
    ...(one.path === undefined ? [] : [`<div class="wide">${renderHopSvg(one.path)}</div>`]),
    "</div>",
  ].join("\n");
}

function testsSection(tests: RunSummary["tests"]): string {
  const rows = tests.map(({ title, status, reason }) => [
    htmlCell(`${marks[status]} ${title}`, status),
    htmlCell(reason.split("\n", 1)[0] ?? ""),
  ]);
  return htmlText("h2", "Your own tests") + htmlTable(["test", "why"], rows);
}

import { asTyped } from "../core/command-words.ts";
import { formatFigure } from "./format.ts";
import { renderHopSvg } from "./hop-svg.ts";
import type { Failure, Grid, ModeSummary, RunSummary } from "./run-summary.ts";
import { marks } from "./style.ts";
import { element, escapeText } from "./xml.ts";

/** The summary as a page of its own: no script, nothing fetched, light and dark, for phones and for paper. */
export function renderSummaryPage(summary: RunSummary): string {
  const title = `encaplab run ${summary.id}: ${summary.decision}`;
  const viewport = '<meta name="viewport" content="width=device-width,initial-scale=1">';
  const head = `<meta charset="utf-8">${viewport}<title>${escapeText(title)}</title><style>${css}</style>`;
  return `<!doctype html><html lang="en"><head>${head}</head><body><main>${renderSummaryBody(summary)}</main></body></html>\n`;
}

/** What stands on that page, for reports that have a page already. */
function renderSummaryBody(summary: RunSummary): string {
  const { decision, verdict, modes, tests, troubles, versions, command, topology, startedAt, seconds } = summary;
  const began = startedAt.replace("T", " ").replace(/\.\d+Z$/, " UTC");
  return [
    tag("h1", decision === "go" ? "Go" : "No-go", { class: decision }),
    tag("p", verdict, { class: "verdict" }),
    tag("p", `Topology ${topology} · ${began} · ${formatFigure(seconds)} s`, { class: "faint" }),
    ...modes.map(modeSection),
    ...(tests.length === 0 ? [] : [testsSection(tests)]),
    ...(troubles.length === 0 ? [] : [tag("h2", "Lab errors"), ...troubles.map((text) => tag("pre", text))]),
    tag("h2", "Versions"),
    table(
      ["what", "release"],
      Object.entries(versions).map(([name, value]) => [cell(name), cell(value)]),
    ),
    tag("h2", "Run it again"),
    tag("pre", asTyped(command.replace(/^encaplab /, "npm run lab -- "))),
  ].join("\n");
}

function modeSection(mode: ModeSummary): string {
  const { proven, wrong, inconclusive, skipped } = mode.coverage;
  const rows = [
    [cell("proven"), cell(String(proven), "pass")],
    [cell("wrong"), cell(String(wrong), wrong > 0 ? "fail" : "")],
    [cell("inconclusive"), cell(String(inconclusive), inconclusive > 0 ? "inconclusive" : "")],
    ...skipped.map(({ reason, count }) => [cell(`skipped: ${reason}`), cell(String(count), "skip")]),
  ];
  return [
    "<section>",
    tag("h2", mode.title),
    tag("p", `${mode.provider}, ${mode.dataplane}`, { class: "faint" }),
    ...mode.grids.map(grid),
    tag("h3", "Coverage, in paths and nodes"),
    table(["outcome", "count"], rows),
    ...costs(mode),
    ...mode.failures.map(failure),
    "</section>",
  ].join("\n");
}

function grid({ title, sources, targets, cells }: Grid): string {
  const rows = sources.map((source) => [
    `<th scope="row">from ${escapeText(source)}</th>`,
    ...targets.map((target) => {
      const found = cells.find((one) => one.source === source && one.target === target);
      if (found === undefined) return cell("·", "skip");
      return cell(found.form === "-" ? marks[found.status] : `${found.form} ${marks[found.status]}`, found.status);
    }),
  ]);
  return tag("h3", title) + table(["", ...targets.map((target) => `to ${target}`)], rows);
}

function costs({ costs: all }: ModeSummary): readonly string[] {
  if (all.length === 0) return [];
  const rows = all.map(({ what, on, median, min, max, unit, samples, indicative }) => {
    const range = min === max ? "" : ` [${formatFigure(min)}–${formatFigure(max)}]`;
    const how = `${samples} sample${samples === 1 ? "" : "s"}${indicative ? ", indicative" : ""}`;
    return [cell(what === on ? what : `${what}, ${on}`), cell(`${formatFigure(median)}${range} ${unit}`), cell(how)];
  });
  return [tag("h3", "What it costs: median [smallest–largest]"), table(["measured", "value", "from"], rows)];
}

function failure(one: Failure): string {
  const alike = one.alike === 0 ? "" : `, and ${one.alike} more alike`;
  return [
    '<div class="failure">',
    tag("h3", `${marks[one.status]} ${one.title} — ${one.category}${alike}`, { class: one.status }),
    table(["expected", "observed"], [[cell(one.expected), cell(one.observed, one.status)]]),
    tag("p", one.id, { class: "faint" }),
    ...(one.path === undefined ? [] : [`<div class="wide">${renderHopSvg(one.path)}</div>`]),
    "</div>",
  ].join("\n");
}

function testsSection(tests: RunSummary["tests"]): string {
  const rows = tests.map(({ title, status, reason }) => [
    cell(`${marks[status]} ${title}`, status),
    cell(reason.split("\n", 1)[0] ?? ""),
  ]);
  return tag("h2", "Tests of one's own") + table(["test", "why"], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const titles = head.map((text) => element("th", { scope: "col" }, [escapeText(text)])).join("");
  const body = rows.map((row) => `<tr>${row.join("")}</tr>`).join("");
  return `<div class="wide"><table><thead><tr>${titles}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function cell(text: string, style = ""): string {
  return element("td", style === "" ? {} : { class: style }, [escapeText(text)]);
}

function tag(name: string, text: string, attributes: Readonly<Record<string, string>> = {}): string {
  return element(name, attributes, [escapeText(text)]);
}

const css = [
  ":root{color-scheme:light dark}",
  "body{font:15px/1.45 system-ui,sans-serif;margin:0;background:light-dark(#fff,#1b2128);color:light-dark(#1c2733,#e6ebf0)}",
  "main{max-width:980px;margin:0 auto;padding:16px}h1{margin:0;font-size:40px}h2{margin:28px 0 4px;font-size:20px}",
  "h3{margin:18px 0 6px;font-size:15px}p{margin:4px 0}.verdict{font-size:18px}.faint{color:light-dark(#5c6874,#9aa5b1)}",
  "h1.go{color:light-dark(#1d6b34,#6fcf8a)}h1.no-go,h3.fail{color:light-dark(#b3261e,#ff8a80)}",
  ".wide{overflow-x:auto}table{border-collapse:collapse}th,td{border:1px solid light-dark(#c9d1d9,#45505c);padding:4px 10px;text-align:left}",
  "th{background:light-dark(#f1f4f7,#252d36);font-weight:600}td.pass{background:light-dark(#e6f4ea,#1d3a28)}",
  "td.fail{background:light-dark(#fbd9d7,#55211f)}td.inconclusive{background:light-dark(#fdf1cf,#4a3b1c)}td.skip{color:light-dark(#5c6874,#9aa5b1)}",
  "pre{white-space:pre-wrap;overflow-wrap:anywhere;background:light-dark(#f1f4f7,#252d36);padding:10px;border-radius:6px}svg{max-width:100%;height:auto}",
  "@media print{body{font-size:10px}main{padding:0}h2{margin-top:12px}h3{margin:8px 0 3px}th,td{padding:1px 6px}.failure,table{break-inside:avoid}svg{max-height:200px}}",
].join("");

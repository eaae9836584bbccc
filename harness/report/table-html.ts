import type { HopRecord } from "../run/record.ts";
import type { Verdict } from "../verify/verdict.ts";
import type { PathOutcome } from "./path-outcome.ts";
import { marks } from "./style.ts";
import { element, escapeText } from "./xml.ts";

/** A path as a page of its own: every check with expected and observed side by side, then every hop. */
export function renderPathTable(outcome: PathOutcome): string {
  const hops = outcome.path?.hops ?? [];
  const tables = [
    table(["", "check", "expected", "observed", "why"], outcome.verdicts.map(verdictRow)),
    ...(hops.length === 0
      ? []
      : [table(["", "direction", "tap", "role", "expected", "observed", "packets"], hops.map(hopRow))]),
  ];
  const head = `<meta charset="utf-8"><title>${escapeText(outcome.id)}</title><style>${css}</style>`;
  return `<!doctype html><html lang="en"><head>${head}</head><body>${element("h1", {}, [escapeText(outcome.id)])}${tables.join("")}</body></html>\n`;
}

interface Row {
  readonly style: string;
  readonly cells: readonly string[];
}

function verdictRow(verdict: Verdict): Row {
  const { check, expected, observed, reason, status } = verdict;
  return { style: status, cells: [marks[status], check, expected, observed, reason ?? ""] };
}

function hopRow(hop: HopRecord): Row {
  const { direction, node, device, role, expected, observed, packets, ok } = hop;
  return {
    style: ok ? "pass" : "fail",
    cells: [ok ? marks.pass : marks.fail, direction, `${node}/${device}`, role, expected, observed, String(packets)],
  };
}

function table(head: readonly string[], rows: readonly Row[]): string {
  const titles = head.map((text) => element("th", {}, [escapeText(text)]));
  const body = rows.map(({ style, cells }) =>
    element(
      "tr",
      { class: style },
      cells.map((text) => element("td", {}, [escapeText(text)])),
    ),
  );
  return element("table", {}, [element("thead", {}, [element("tr", {}, titles)]), element("tbody", {}, body)]);
}

const css = [
  ":root{color-scheme:light dark}",
  "body{font:14px/1.45 system-ui,sans-serif;margin:16px;background:light-dark(#fff,#1b2128);color:light-dark(#1c2733,#e6ebf0)}",
  "h1{font-size:16px}table{border-collapse:collapse;margin:0 0 18px;width:100%}",
  "th,td{text-align:left;padding:5px 10px;border:1px solid light-dark(#c9d1d9,#45505c);vertical-align:top}",
  "th{background:light-dark(#f1f4f7,#252d36);font-weight:600}",
  ".fail td{background:light-dark(#fbd9d7,#55211f)}.inconclusive td{background:light-dark(#fdf1cf,#4a3b1c)}",
  ".skip td{color:light-dark(#66727f,#9aa5b1)}td:first-child{width:1em}",
].join("");

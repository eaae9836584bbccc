import { element, escapeText } from "./xml.ts";

/** A page of its own around a body: no script, nothing fetched, light and dark, for phones and for paper. */
export function htmlPage(title: string, body: string): string {
  const viewport = '<meta name="viewport" content="width=device-width,initial-scale=1">';
  const head = `<meta charset="utf-8">${viewport}<title>${escapeText(title)}</title><style>${css}</style>`;
  return `<!doctype html><html lang="en"><head>${head}</head><body><main>${body}</main></body></html>\n`;
}

/** A table that scrolls sideways where the page is narrow; rows are cells that are HTML already. */
export function htmlTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const titles = head.map((text) => element("th", { scope: "col" }, [escapeText(text)])).join("");
  const body = rows.map((row) => `<tr>${row.join("")}</tr>`).join("");
  return `<div class="wide"><table><thead><tr>${titles}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** A cell of a table; its style is the name of a status, or nothing. */
export function htmlCell(text: string, style = ""): string {
  return element("td", style === "" ? {} : { class: style }, [escapeText(text)]);
}

/** An element that holds nothing but text. */
export function htmlText(name: string, text: string, attributes: Readonly<Record<string, string>> = {}): string {
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
  ".beside{display:flex;flex-wrap:wrap;gap:0 24px;align-items:flex-start}.beside>div{max-width:100%}.beside table{font-size:13px}",
  ".beside td,.beside th{white-space:nowrap}@media(max-width:600px){.beside{gap:0 12px}.beside table{font-size:11px}.beside th,.beside td{padding:3px 4px}h1{font-size:32px}}",
  "@media print{@page{size:A4;margin:10mm}body{font-size:8.5px;line-height:1.3}main{padding:0;max-width:none}h1{font-size:24px}h2{font-size:13px;margin-top:8px}h3{font-size:9px;margin:3px 0 1px}.verdict{font-size:11px}th,td{padding:0 3px}.beside{gap:0 12px}.beside table{font-size:8px}.failure,table{break-inside:avoid}svg{max-height:170px}}",
].join("");

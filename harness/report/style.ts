import type { Status } from "../verify/verdict.ts";

/** Colors by meaning; each returns its text as it shall be printed. */
export interface Style {
  readonly pass: (text: string) => string;
  readonly fail: (text: string) => string;
  readonly doubt: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly strong: (text: string) => string;
}

/** No color at all: for files, CI logs, NO_COLOR and tests. */
export const plainStyle: Style = {
  pass: (text) => text,
  fail: (text) => text,
  doubt: (text) => text,
  faint: (text) => text,
  strong: (text) => text,
};

/** ANSI colors of the terminal's own palette, so that its theme stays in charge. */
export const colorStyle: Style = {
  pass: (text) => `\u001b[32m${text}\u001b[39m`,
  fail: (text) => `\u001b[31m${text}\u001b[39m`,
  doubt: (text) => `\u001b[33m${text}\u001b[39m`,
  faint: (text) => `\u001b[2m${text}\u001b[22m`,
  strong: (text) => `\u001b[1m${text}\u001b[22m`,
};

/** The sign of a status: readable without color. */
export const marks: Readonly<Record<Status, string>> = { pass: "✔", fail: "✘", inconclusive: "?", skip: "–" };

/** Text in the color of a status. */
export function paint(style: Style, status: Status, text: string): string {
  const colors = { pass: style.pass, fail: style.fail, inconclusive: style.doubt, skip: style.faint };
  return colors[status](text);
}

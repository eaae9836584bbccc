import type { Status } from "../verify/verdict.ts";
import type { CellStatus, SignedCell } from "./signoff.ts";

/** A cell's status in few words: "certified, 360 checks", "failed, 3 of 360 checks". */
export function cellWords({ status, checks, passed, streak }: SignedCell): string {
  const count = status === "certified" ? `${checks} checks` : `${passed} of ${checks} checks passed`;
  return `${signs[status]} ${status}, ${count}${streak === undefined ? "" : `, ${streakWords(streak.greens)}`}`;
}

/** The status of a verdict that has the color of a cell's. */
export function colorOf(status: CellStatus): Status | "" {
  return colors[status];
}

const signs: Readonly<Record<CellStatus, string>> = {
  certified: "✔",
  "partly certified": "✔",
  waived: "!",
  failed: "✘",
  inconclusive: "?",
  "not certified": "–",
};

const colors: Readonly<Record<CellStatus, Status | "">> = {
  certified: "pass",
  "partly certified": "pass",
  waived: "inconclusive",
  failed: "fail",
  inconclusive: "inconclusive",
  "not certified": "skip",
};

/** Causes of a cell's failures, each in a line; the mode is told where several have some. */
export function causeWords(cells: readonly SignedCell[]): readonly string[] {
  const several = cells.filter(({ causes }) => causes.length > 0).length > 1;
  return cells.flatMap(({ mode, causes }) =>
    causes.map(({ sentence, fix }) => `${several ? `${mode}: ` : ""}${sentence}. Fix: ${fix}`),
  );
}

function streakWords(greens: number): string {
  if (greens === 0) return "red";
  return greens === 1 ? "green the first time" : `${greens} greens in a row`;
}

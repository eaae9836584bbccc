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

function streakWords(greens: number): string {
  if (greens === 0) return "red";
  return greens === 1 ? "green the first time" : `${greens} greens in a row`;
}

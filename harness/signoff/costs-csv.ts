import type { Signoff } from "./signoff.ts";

/** Costs as a table for spreadsheets and dashboards: a line each, with the interval and the noise they were measured in. */
export function renderCostsCsv({ costs, at }: Pick<Signoff, "costs" | "at">): string {
  const head = ["at", "configuration", "id", "ratio", "low", "high", "noise floor", "finding", "pairs", "labs"];
  const rows = costs.map(({ on, id, ratio, interval, floor, finding, pairs, labs }) => {
    const [low, high] = interval ?? [undefined, undefined];
    return [at, on, id, ratio, low, high, floor, finding, pairs.length, labs];
  });
  return [head, ...rows].map((row) => `${row.map((cell) => quoted(cell ?? "")).join(",")}\n`).join("");
}

function quoted(cell: string | number): string {
  const text = String(cell);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

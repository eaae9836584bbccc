import { traffics, type Traffic } from "../encap/path.ts";
import { cellsOf, cellText, type GridCell } from "./grid-cell.ts";
import { countCells } from "./grid-counts.ts";
import type { PathOutcome } from "./path-outcome.ts";
import { paint, type Style } from "./style.ts";

export interface GridOptions {
  readonly style: Style;
  /** Every traffic as a grid, also those that are as expected. */
  readonly all: boolean;
}

/** From × to at a glance, per traffic and family: each cell is the form that must be, and whether it was. */
export function renderGrids(outcomes: readonly PathOutcome[], options: GridOptions): readonly string[] {
  const cells = cellsOf(outcomes);
  const families = [...new Set(cells.map((cell) => cell.family))].sort();
  const grids = families.flatMap((family) =>
    traffics.flatMap((traffic) => {
      const own = cells.filter((cell) => cell.family === family && cell.traffic === traffic);
      const title = families.length > 1 || family === 6 ? `${traffic} v${family}` : traffic;
      return own.length === 0 ? [] : renderTraffic(title, traffic, own, options);
    }),
  );
  return cells.every(isClean) ? grids : [...grids, `${indent}${options.style.faint(legend)}`];
}

/** Nodes beyond which a grid no longer fits a terminal and counts take its place. */
const gridNodes = 10;
const indent = "    ";
const labelWidth = 22;
const cellWidth = 10;

const legend =
  "each word is the expected form, → seen instead, ← answers only; ✔ as expected, ✘ not, ? not proven, – skipped";

function isClean(cell: GridCell): boolean {
  return cell.status === "pass" || cell.status === "skip";
}

function renderTraffic(
  title: string,
  traffic: Traffic,
  cells: readonly GridCell[],
  options: GridOptions,
): readonly string[] {
  const targets = [...new Set(cells.map((cell) => cell.target))].sort();
  const sources = [...new Set(cells.map((cell) => cell.source))].sort();
  const clean = cells.every(isClean);
  const asked = cells.some((cell) => cell.status !== "skip");
  const wanted = asked && (options.all || traffic === "pod-to-pod" || !clean);
  if (!wanted || Math.max(targets.length, sources.length) > gridNodes) return [countLine(title, cells, options.style)];
  const labels = labelsFor(sources, targets);
  const { column, row } = labels;
  // "to" stands behind the title, with a space between.
  const width = Math.max(labels.width, title.length + 4);
  const cell = Math.max(cellWidth, ...cells.map((one) => cellText(one).length + 2));
  const head = `${indent}${title.padEnd(width - 3)}to ${targets.map((name) => column(name).padEnd(cell)).join("")}`;
  const rows = sources.map((source) => {
    const line = targets.map((target) => renderCell(cellAt(cells, source, target), cell, options.style));
    return `${indent}${`from ${row(source)}`.padStart(width - 4).padEnd(width)}${line.join("")}`.trimEnd();
  });
  return [options.style.faint(head.trimEnd()), ...rows];
}

/** Names that are wider than a column, as a cluster's are, stand beside a number in the rows, and the columns have the number. */
function labelsFor(
  sources: readonly string[],
  targets: readonly string[],
): { readonly column: (name: string) => string; readonly row: (name: string) => string; readonly width: number } {
  const names = [...new Set([...sources, ...targets])].sort();
  if (names.every(({ length }) => length < cellWidth))
    return { column: (name) => name, row: (name) => name, width: labelWidth };
  const column = (name: string): string => String(names.indexOf(name) + 1);
  const row = (name: string): string => `${name} (${column(name)})`;
  return { column, row, width: Math.max(labelWidth, ...sources.map((name) => `from ${row(name)}`.length + 4)) };
}

function cellAt(cells: readonly GridCell[], source: string, target: string): GridCell | undefined {
  return cells.find((cell) => cell.source === source && cell.target === target);
}

function renderCell(cell: GridCell | undefined, width: number, style: Style): string {
  if (cell === undefined) return "·".padEnd(width);
  const text = cellText(cell);
  return paint(style, cell.status, text) + " ".repeat(Math.max(1, width - text.length));
}

function countLine(title: string, cells: readonly GridCell[], style: Style): string {
  const { sum, forms, of: count } = countCells(cells);
  const problems = [
    count("fail") > 0 ? paint(style, "fail", `${count("fail")} wrong`) : "",
    count("inconclusive") > 0 ? paint(style, "inconclusive", `${count("inconclusive")} not proven`) : "",
    count("skip") > 0 ? paint(style, "skip", `${count("skip")} skipped`) : "",
  ].filter((text) => text !== "");
  return `${indent}${title.padEnd(labelWidth - 1)} ${[sum, ...problems].join(", ")}${forms}`;
}

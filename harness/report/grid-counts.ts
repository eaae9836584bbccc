import type { Status } from "../verify/verdict.ts";
import type { GridCell } from "./grid-cell.ts";

/** How many cells are what. */
export interface GridCounts {
  /** "6 of 6 as expected" */
  readonly sum: string;
  /** " (2 local, 2 plain, 2 VXLAN)"; "" where nothing is due. */
  readonly forms: string;
  readonly of: (status: Status) => number;
}

/** Counts for what is too large for a grid. */
export function countCells(cells: readonly Pick<GridCell, "form" | "status">[]): GridCounts {
  const of = (status: Status): number => cells.filter((cell) => cell.status === status).length;
  const forms = [...new Set(cells.map(({ form }) => form))].filter((form) => form !== "-");
  const byForm = forms.map((form) => `${cells.filter((cell) => cell.form === form).length} ${form}`).join(", ");
  return { sum: `${of("pass")} of ${cells.length} as expected`, forms: byForm === "" ? "" : ` (${byForm})`, of };
}

/** Nodes beyond which nobody reads a grid on a page: a hundred of them make half a megabyte, most of it empty. */
const gridNodes = 24;

/** Whether a grid is shown on pages; beyond, its counts are, and what is wrong stands by itself. */
export function fitsPage({
  sources,
  targets,
}: {
  readonly sources: readonly string[];
  readonly targets: readonly string[];
}): boolean {
  return Math.max(sources.length, targets.length) <= gridNodes;
}

/** The counts in a line of text: "223 of 224 as expected, 1 wrong (100 local, 124 VXLAN)". */
export function countsOf(cells: readonly Pick<GridCell, "form" | "status">[]): string {
  const { sum, forms, of } = countCells(cells);
  const others = (
    [
      ["fail", "wrong"],
      ["inconclusive", "inconclusive"],
      ["skip", "skipped"],
    ] as const
  ).flatMap(([status, word]) => (of(status) === 0 ? [] : [`${of(status)} ${word}`]));
  return `${[sum, ...others].join(", ")}${forms}`;
}

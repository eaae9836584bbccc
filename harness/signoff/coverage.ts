import { groupBy } from "../core/group-by.ts";
import { modes } from "../encap/mode.ts";
import { traffics } from "../encap/path.ts";
import type { Status } from "../verify/verdict.ts";
import type { WeighedCell } from "./weigh.ts";

/** What came of one kind of question in one cell, counted in paths and nodes. What is not certified is none of the rest. */
export interface CoverageRow {
  /** "pod-to-pod, cross-subnet", "control plane". */
  readonly area: string;
  readonly certified: number;
  readonly failed: number;
  readonly waived: number;
  readonly inconclusive: number;
  /** Skipped: not certified, and why. */
  readonly skipped: number;
  readonly reasons: readonly string[];
}

/** What was asked in a cell, area by area, in the order in which it was asked. */
export function coverageOf(cell: WeighedCell): readonly CoverageRow[] {
  const byId = groupBy(cell.judged, ({ verdict }) => verdict.id);
  const waived = new Set(cell.findings.flatMap((one) => (one.waiver === undefined ? [] : [keyOf(one.verdict)])));
  const ids = [...byId].map(([id, judged]) => ({
    area: areaOf(id),
    outcome: outcomeOf(judged.map(({ verdict }) => (waived.has(keyOf(verdict)) ? "waived" : verdict.status))),
    reasons: judged.flatMap(({ verdict: { status, reason } }) =>
      status === "skip" && reason !== undefined ? [reason] : [],
    ),
  }));
  return [...groupBy(ids, ({ area }) => area)].map(([area, own]) => {
    const count = (outcome: Outcome): number => own.filter((one) => one.outcome === outcome).length;
    const skips = own.filter(({ outcome }) => outcome === "skip");
    return {
      area,
      certified: count("pass"),
      failed: count("fail"),
      waived: count("waived"),
      inconclusive: count("inconclusive"),
      skipped: skips.length,
      reasons: [...new Set(skips.flatMap(({ reasons }) => reasons))],
    };
  });
}

/** Modes of Calico that no run has asked at all: as little certified as what was skipped. */
export function modesNotAsked(cells: readonly WeighedCell[]): readonly string[] {
  return modes.map(({ id }) => id).filter((id) => !cells.some(({ mode }) => mode === id));
}

/** Sums up rows of a cell. */
export function totalOf(rows: readonly CoverageRow[]): Omit<CoverageRow, "area" | "reasons"> {
  const sum = (key: "certified" | "failed" | "waived" | "inconclusive" | "skipped"): number =>
    rows.reduce((total, row) => total + row[key], 0);
  return {
    certified: sum("certified"),
    failed: sum("failed"),
    waived: sum("waived"),
    inconclusive: sum("inconclusive"),
    skipped: sum("skipped"),
  };
}

type Outcome = Status | "waived";

/** A path is certified only where all of its checks passed. */
const severity: readonly Outcome[] = ["fail", "waived", "inconclusive", "pass", "skip"];

function outcomeOf(outcomes: readonly Outcome[]): Outcome {
  return severity.find((one) => outcomes.includes(one)) ?? "skip";
}

function keyOf({ id, check }: { readonly id: string; readonly check: string }): string {
  return `${id}\n${check}`;
}

function areaOf(id: string): string {
  const [, what = "", locality = ""] = id.split("/");
  if (id.startsWith("tests/")) return "tests of one's own";
  return traffics.some((traffic) => traffic === what) ? `${what}, ${locality}` : what.replaceAll("-", " ");
}

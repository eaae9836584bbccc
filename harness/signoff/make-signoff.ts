import type { TestedFile } from "../lab/tested-file.ts";
import type { ModeId } from "../encap/mode.ts";
import type { RunRecord } from "../run/record.ts";
import { diffBaseline } from "./baseline.ts";
import { changedConditions, conditionsOf } from "./conditions.ts";
import { coverageOf, modesNotAsked, totalOf, type CoverageRow } from "./coverage.ts";
import { decide } from "./decide.ts";
import { streakOf, type HistoryEntry, type Streak } from "./history.ts";
import { laneOf } from "./configuration.ts";
import { mergeRuns, type Cell, type Judged } from "./merge-runs.ts";
import { notesOf } from "./notes.ts";
import { repeatedBy } from "./repeated.ts";
import {
  signoffSchema,
  type CellStatus,
  type SignedCell,
  type SignedFinding,
  type SignedRun,
  type SignedWaiver,
  type Signoff,
} from "./signoff.ts";
import { isExpired, isWaivedBy } from "./waiver.ts";
import { weighCells, type Finding, type Rules, type WeighedCell } from "./weigh.ts";

/** All that a sign-off is made of. */
export interface SignoffInput {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly records: readonly RunRecord[];
  readonly baseline: readonly RunRecord[];
  readonly rules: Rules;
  readonly required: readonly ModeId[];
  /** Earlier sign-offs, oldest first; missing = no history is kept. */
  readonly history?: readonly HistoryEntry[];
}

/** Merges runs, weighs what they found, and decides. Pure. */
export function makeSignoff(input: SignoffInput): Signoff {
  const { id, at, records, rules, required, history } = input;
  const counted = records.filter((record) => repeatedBy(record, records) === undefined);
  const merged = mergeRuns(counted);
  const cells = weighCells(merged, rules);
  const runs = records.map((record) => signedRun(record, records));
  const baseline = diffBaseline(
    { records: input.baseline, cells: mergeRuns(input.baseline) },
    { records: counted, cells: merged },
  );
  const decision = decide({ cells, runs, waivers: rules.waivers, today: rules.today, baseline, required });
  return {
    schema: signoffSchema,
    id,
    at,
    ...decision,
    notes: notesOf({ cells, runs, baseline, waivers: rules.waivers }),
    tested: [...new Set(cells.map(({ configuration }) => configuration.dataplane))],
    subjects: subjectsOf(counted),
    runs,
    cells: cells.map((cell) => signedCell(cell, counted, history)),
    modesNotAsked: modesNotAsked(cells),
    findings: cells.flatMap((cell) => cell.findings.map((finding) => signedFinding(finding, cell, finding.group))),
    waivers: rules.waivers.map((waiver) => signedWaiver(waiver, cells, rules.today)),
    gates: cells.flatMap((cell) => cell.judged.filter(isGate).map((judged) => signedFinding(judged, cell, cell.group))),
    costs: counted.flatMap((record) =>
      (record.costs ?? []).map((cost) => ({ ...cost, on: onOf(cells, record.id, cost.mode, cost.variant) })),
    ),
    baseline,
  };
}

/** What a history keeps of a sign-off: whether each lane was green, and under which conditions. */
export function historyEntry(signoff: Signoff, records: readonly RunRecord[]): HistoryEntry {
  const { id, at, decision, cells } = signoff;
  const lanes = cells.map((cell) => {
    const conditions = conditionsOf({ ...cell, judged: [] }, records);
    return [laneKey(cell), { green: isGreen(cell.status), conditions }] as const;
  });
  return { id, at, decision, lanes: Object.fromEntries(lanes) };
}

function laneKey({ mode, configuration }: Pick<Cell, "mode" | "configuration">): string {
  return `${mode} · ${laneOf(configuration)}`;
}

function isGreen(status: CellStatus): boolean {
  return status === "certified" || status === "partly certified";
}

/** Checks that put a limit to a cost. */
const gates: ReadonlySet<string> = new Set(["max-cost", "not-worse"]);

function isGate({ verdict }: Judged): boolean {
  return gates.has(verdict.check);
}

function onOf(cells: readonly Cell[], run: string, mode: string, variant: string | undefined): string {
  const own = cells.find(
    ({ mode: id, runs, configuration }) => id === mode && runs.includes(run) && configuration.variant === variant,
  );
  return own?.configuration.title ?? "";
}

function signedRun(record: RunRecord, all: readonly RunRecord[]): SignedRun {
  const { id, startedAt, durationMs, command, exitCode, troubles, environment, scenarios } = record;
  const repeated = repeatedBy(record, all);
  const { version, kernel, os, node, cpus, memoryMiB, tools } = environment;
  const made = Object.assign({}, ...scenarios.map(({ versions = {} }) => versions)) as Record<string, string>;
  return {
    id,
    startedAt,
    seconds: durationMs / 1000,
    command,
    exitCode,
    troubles: troubles.map(({ phase, message }) => `${phase}: ${message}`),
    ...(repeated === undefined ? {} : { repeatedBy: repeated.id }),
    environment: {
      encaplab: version,
      kernel,
      os,
      Node: node,
      CPUs: String(cpus),
      memory: `${memoryMiB} MiB`,
      ...made,
      ...tools,
    },
  };
}

function signedCell(cell: WeighedCell, records: readonly RunRecord[], history: SignoffInput["history"]): SignedCell {
  const { mode, configuration, group, runs, judged } = cell;
  const coverage = coverageOf(cell);
  const status = cellStatus(coverage);
  const streak = history === undefined ? undefined : streakOf(laneKey(cell), isGreen(status), history);
  return {
    mode,
    configuration,
    group,
    status,
    runs,
    checks: judged.length,
    passed: judged.filter(({ verdict }) => verdict.status === "pass").length,
    coverage,
    causes: causesOf(cell, records),
    ...(streak === undefined ? {} : { streak }),
    ...changedSince(streak, cell, records),
  };
}

function causesOf({ mode, runs, configuration }: Cell, records: readonly RunRecord[]): SignedCell["causes"] {
  const scenarios = records.filter(({ id }) => runs.includes(id)).flatMap((record) => record.scenarios);
  const own = scenarios.filter((one) => one.mode === mode && one.variant === configuration.variant);
  const all = own.flatMap(({ causes = [] }) => causes.map(({ sentence, fix }) => ({ sentence, fix })));
  return [...new Map(all.map((cause) => [cause.sentence, cause])).values()];
}

function changedSince(
  streak: Streak | undefined,
  cell: Cell,
  records: readonly RunRecord[],
): Pick<SignedCell, "changed"> {
  if (streak?.lastGreen === undefined) return {};
  return { changed: changedConditions(streak.lastGreen.conditions, conditionsOf(cell, records)) };
}

function cellStatus(coverage: readonly CoverageRow[]): CellStatus {
  const { certified, failed, waived, inconclusive, skipped } = totalOf(coverage);
  if (failed > 0) return "failed";
  if (inconclusive > 0) return "inconclusive";
  if (waived > 0) return "waived";
  if (certified === 0) return "not certified";
  return skipped > 0 ? "partly certified" : "certified";
}

function signedFinding(
  { verdict, runs, contradictedBy, ...judged }: Judged & Pick<Finding, "waiver">,
  cell: Cell,
  group: Finding["group"],
): SignedFinding {
  const { id, check, status, expected, observed, reason, category } = verdict;
  const { waiver } = judged;
  return {
    on: cell.configuration.title,
    mode: cell.mode,
    id,
    check,
    status,
    group,
    expected,
    observed,
    ...(reason === undefined ? {} : { reason }),
    ...(category === undefined ? {} : { category }),
    ...(waiver === undefined ? {} : { waived: { reason: waiver.reason, who: waiver.who, until: waiver.until } }),
    runs,
    contradictedBy,
  };
}

function signedWaiver(waiver: Rules["waivers"][number], cells: readonly WeighedCell[], today: string): SignedWaiver {
  const waives = cells.reduce(
    (sum, { findings }) => sum + findings.filter((finding) => finding.waiver === waiver).length,
    0,
  );
  const needed = cells.some(({ findings, configuration }) =>
    findings.some(({ verdict }) => isWaivedBy(waiver, verdict, configuration.title)),
  );
  const state = isExpired(waiver, today) ? "expired" : needed ? "in use" : "not needed";
  return { ...waiver, state, waives };
}

function subjectsOf(records: readonly RunRecord[]): readonly TestedFile[] {
  const all = records.flatMap(({ scenarios }) => scenarios.flatMap(({ tested = [] }) => tested));
  return [...new Map(all.map((one) => [`${one.name}\n${one.sha256}`, one])).values()];
}

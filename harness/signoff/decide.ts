import { ExitCode } from "../core/errors.ts";
import type { ModeId } from "../encap/mode.ts";
import { plural } from "../report/format.ts";
import { isCalico } from "./configuration.ts";
import { coverageOf, totalOf } from "./coverage.ts";
import type { SignedDiff, SignedRun } from "./signoff.ts";
import { isExpired, type Waiver } from "./waiver.ts";
import type { Finding, WeighedCell } from "./weigh.ts";

/** What a decision is made of. */
export interface Evidence {
  readonly cells: readonly WeighedCell[];
  readonly runs: readonly SignedRun[];
  readonly waivers: readonly Waiver[];
  readonly today: string;
  readonly baseline: readonly SignedDiff[];
  /** Modes that must be certified whatever was asked. */
  readonly required: readonly ModeId[];
}

/** Go or no-go, with every reason. */
export interface Decision {
  readonly decision: "go" | "no-go";
  readonly exitCode: ExitCode;
  readonly verdict: string;
  readonly reasons: readonly string[];
}

/** Decides. Whatever is wrong is said, not only the first of it; a skip never stops a release unless it is required. Pure. */
export function decide(evidence: Evidence): Decision {
  const wrong = [...failures(evidence), ...expired(evidence), ...lost(evidence), ...missingModes(evidence)];
  const unproven = [...doubts(evidence), ...brokenRuns(evidence)];
  const reasons = [...wrong, ...unproven];
  const none = certifiedIn(evidence.cells) === 0;
  const all = none ? [...reasons, "nothing was certified at all"] : reasons;
  const [first] = all;
  const exitCode =
    wrong.length > 0 ? ExitCode.fail : unproven.length > 0 ? ExitCode.lab : none ? ExitCode.usage : ExitCode.pass;
  if (first === undefined)
    return { decision: "go", exitCode, verdict: `Go: ${certified(evidence.cells)}.`, reasons: [] };
  const more = all.length === 1 ? "" : `, and ${plural(all.length - 1, "more reason")}`;
  return { decision: "no-go", exitCode, verdict: `No-go: ${first}${more}.`, reasons: all };
}

function blocking(
  { cells }: Evidence,
  status: "fail" | "inconclusive",
): readonly (Finding & { readonly on: string })[] {
  return cells.flatMap((cell) =>
    cell.findings
      .filter(({ verdict, group, waiver }) => verdict.status === status && group === "blocking" && waiver === undefined)
      .map((finding) => ({ ...finding, on: cell.configuration.title })),
  );
}

function failures(evidence: Evidence): readonly string[] {
  const all = blocking(evidence, "fail");
  const [first] = all;
  if (first === undefined) return [];
  const rest = all.length === 1 ? "" : `; ${plural(all.length - 1, "more check")} failed`;
  const { id, check, category = check } = first.verdict;
  return [`${id} failed${onWords(first.on, evidence)}: ${category}${rest}`];
}

/** Where there is one configuration only, nobody asks which. */
function onWords(title: string, { cells }: Evidence): string {
  return new Set(cells.map(({ configuration }) => configuration.title)).size > 1 ? ` on ${title}` : "";
}

function doubts(evidence: Evidence): readonly string[] {
  const all = blocking(evidence, "inconclusive");
  const [first] = all;
  if (first === undefined) return [];
  const rest = all.length === 1 ? "" : `; so are ${plural(all.length - 1, "more check")}`;
  return [
    `${first.verdict.id} is inconclusive${onWords(first.on, evidence)}: ${first.verdict.reason ?? first.verdict.observed}${rest}`,
  ];
}

function expired({ waivers, today }: Evidence): readonly string[] {
  return waivers
    .filter((waiver) => isExpired(waiver, today))
    .map(({ id, until, who }) => `the waiver of ${id} (${who}) expired on ${until}`);
}

function lost({ baseline }: Evidence): readonly string[] {
  return baseline.flatMap(({ lost: ids, before, configuration }) => {
    const [first] = ids;
    if (first === undefined) return [];
    const rest = ids.length === 1 ? "" : ` and ${ids.length - 1} more`;
    return [`${first}${rest} on ${configuration} was certified in the baseline (${before}) and is not any more`];
  });
}

function missingModes({ cells, required }: Evidence): readonly string[] {
  return required
    .filter((id) => !cells.some((cell) => cell.mode === id && cell.group === "blocking" && isWhole(cell)))
    .map((id) => `${id} is required and not certified`);
}

/** Something was proven there, and nothing is left open. */
function isWhole(cell: WeighedCell): boolean {
  const { certified: proven, failed, inconclusive, skipped } = totalOf(coverageOf(cell));
  return proven > 0 && failed === 0 && inconclusive === 0 && skipped === 0;
}

function brokenRuns({ runs }: Evidence): readonly string[] {
  return runs.flatMap(({ id, exitCode, troubles, repeatedBy }) => {
    if (repeatedBy !== undefined) return [];
    if (exitCode === ExitCode.interrupted) return [`run ${id} was interrupted`];
    const [first] = troubles;
    if (first !== undefined) return [`run ${id} has a lab error: ${first.split("\n", 1)[0] ?? ""}`];
    return exitCode === ExitCode.usage ? [`run ${id} judged nothing`] : [];
  });
}

function certifiedIn(cells: readonly WeighedCell[]): number {
  return cells
    .filter(({ group }) => group === "blocking")
    .reduce((sum, cell) => sum + totalOf(coverageOf(cell)).certified, 0);
}

function certified(cells: readonly WeighedCell[]): string {
  const own = cells.filter(({ group }) => group === "blocking");
  const what = [...new Set(own.map(({ configuration }) => configuration.dataplane))].join(" and ");
  const modes = new Set(own.filter((cell) => totalOf(coverageOf(cell)).certified > 0).map(({ mode }) => mode));
  const checks = own.flatMap(({ judged }) => judged.map(({ verdict }) => verdict.status));
  const count = (status: string): number => checks.filter((one) => one === status).length;
  const waived = own.reduce((sum, cell) => sum + cell.findings.filter(({ waiver }) => waiver !== undefined).length, 0);
  const rest = [
    ...(waived === 0 ? [] : [`${waived} waived and not passed`]),
    ...(count("skip") === 0 ? [] : [`${count("skip")} skipped and not certified`]),
  ];
  const scope = own.some(({ configuration }) => isCalico(configuration))
    ? ""
    : " (this certifies no release of Calico)";
  const told = [`${count("pass")} of ${checks.length} checks passed`, ...rest].join(", ");
  return `${what} in ${plural(modes.size, "mode")}, ${told}${scope}`;
}

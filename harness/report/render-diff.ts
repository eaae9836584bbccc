import { costsMore } from "../diff/changed-costs.ts";
import { isWorse } from "../diff/diff-runs.ts";
import type { CostChange, FigureChange, RunDiff, VerdictChange } from "../diff/run-diff.ts";
import { changeWords } from "./cost-format.ts";
import { formatFigure } from "./format.ts";

/** Sections of a difference with their lines; empty ones are left out. */
interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** A difference as text for a terminal. */
export function renderDiffText(diff: RunDiff): string {
  const sections = sectionsOf(diff).flatMap(({ title, lines }) => [title, ...lines.map((line) => `  ${line}`)]);
  return [`${diff.before} → ${diff.after}`, ...sections, lastLine(diff)].join("\n");
}

/** A difference as Markdown, for a merge request. */
export function renderDiffMarkdown(diff: RunDiff): string {
  const sections = sectionsOf(diff).flatMap(({ title, lines }) => [
    "",
    `**${title}**`,
    "",
    ...lines.map((line) => `- ${line}`),
  ]);
  return [`### ${diff.before} → ${diff.after}`, ...sections, "", lastLine(diff)].join("\n");
}

function sectionsOf(diff: RunDiff): readonly Section[] {
  return [
    { title: "verdicts", lines: diff.verdicts.map(verdictLine) },
    { title: "paths that are gone", lines: diff.pathsGone },
    { title: "new paths", lines: diff.pathsNew },
    { title: "overhead", lines: diff.overhead.map(figureLine) },
    { title: "MTU", lines: diff.mtu.map(figureLine) },
    { title: "costs, beyond the noise of both runs", lines: costLines(diff.costs) },
    { title: "convergence, beyond chance", lines: diff.convergence.map(figureLine) },
  ].filter(({ lines }) => lines.length > 0);
}

function verdictLine(change: VerdictChange): string {
  const { id, variant, check, before = "not asked", after = "not asked", reason } = change;
  const why = reason === undefined || !isWorse(change) ? "" : `: ${reason}`;
  return `${named(id, variant)} ${check}: ${before} → ${after}${why}`;
}

/** A line for each difference; what follows from one stands in its line. */
function costLines(costs: readonly CostChange[]): readonly string[] {
  return costs
    .filter(({ follows }) => follows === undefined)
    .map((cost) => {
      const { id, variant } = cost;
      const followers = costs.filter((one) => one.follows === id && one.variant === variant);
      const processor = followers.filter(({ metric }) => metric.startsWith("cpu-"));
      const same = followers.filter((one) => !processor.includes(one));
      const more = [
        ...part(
          "the same by",
          same.map((one) => `${one.id.split("/").slice(-2).join("/")} ${changeWithInterval(one)}`),
        ),
        ...part(
          "with it, processor time for each Gbit:",
          processor.map((one) => `${one.metric} ${changeWithInterval(one)}`),
        ),
      ];
      return `${named(id, variant)}: ${costsMore(cost) ? "worse" : "better"}, ${changeWithInterval(cost)}${more.join("")}`;
    });
}

function part(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`; ${title} ${items.join(", ")}`];
}

function changeWithInterval({ change }: CostChange): string {
  const interval = change.interval.map((ratio) => changeWords(ratio).replace(" %", "")).join(", ");
  return `${changeWords(change.ratio)} [${interval}]`;
}

function figureLine({ id, variant, unit, before, after }: FigureChange): string {
  return `${named(id, variant)}: ${formatFigure(before)} → ${formatFigure(after)} ${unit}`;
}

function named(id: string, variant: string | undefined): string {
  return variant === undefined ? id : `${id} (${variant})`;
}

function lastLine({ alike, incomparable, worse }: RunDiff): string {
  const left =
    incomparable === 0
      ? ""
      : `, ${incomparable} not comparable (too few samples, a busy machine, or flows of another speed)`;
  return `${worse ? "WORSE" : "NOT WORSE"} · ${alike} costs and times differ by no more than noise${left}`;
}

import { commandTyped } from "../core/command-words.ts";
import { formatFigure } from "./format.ts";
import { countsOf, fitsPage } from "./grid-counts.ts";
import type { ModeSummary, RunSummary } from "./run-summary.ts";
import { marks } from "./style.ts";

/** The summary as Markdown: for a CI's step summary, a ticket, a pull request. */
export function renderSummaryMarkdown(summary: RunSummary): string {
  const { decision, verdict, topology, modes, tests, troubles, injected, command } = summary;
  return [
    `# ${decision === "go" ? "Go" : "No-go"}`,
    "",
    verdict,
    "",
    `Topology ${topology}, run ${summary.id}, ${summary.startedAt}.`,
    ...(injected === undefined ? [] : ["", `The run itself put a fault into its lab: ${injected}.`]),
    ...modes.flatMap(modeLines),
    ...(tests.length === 0 ? [] : ["", "## Your own tests", ""]),
    ...tests.map(({ title, status }) => `- ${marks[status]} ${title}`),
    ...troubles.flatMap((text) => ["", "```", text, "```"]),
    "",
    "```",
    commandTyped(command),
    "```",
    "",
  ].join("\n");
}

function modeLines(mode: ModeSummary): readonly string[] {
  const { title, provider, dataplane, grids, causes, coverage, costs, failures } = mode;
  const { proven, wrong, inconclusive, skipped, notAsked } = coverage;
  const left = skipped.map(({ reason, count }) => `${count} skipped (${reason})`);
  return [
    ...["", `## ${title}`, "", `${provider}, ${dataplane}.`, ""],
    ...causes.flatMap(({ sentence, fix, explains }) => [`**Cause** (of ${explains}): ${sentence}. Fix: ${fix}.`, ""]),
    `${[`${proven} proven`, `${wrong} wrong`, `${inconclusive} inconclusive`, ...left].join(", ")}.`,
    ...(notAsked.length === 0 ? [] : ["", `Not asked: ${notAsked.join("; ")}.`]),
    ...grids.flatMap((grid) => ["", ...gridLines(grid)]),
    ...(costs.length === 0 ? [] : [""]),
    ...costs.map(
      ({ what, on, median, unit, samples }) => `- ${what}, ${on}: ${formatFigure(median)} ${unit} (${samples})`,
    ),
    ...(failures.length === 0 ? [] : [""]),
    ...failures.map(
      (one) =>
        `- ${marks[one.status]} ${one.title}: ${one.category}, expected ${one.expected}, observed ${one.observed}${one.path === undefined ? `: ${one.reason.split("\n", 1)[0] ?? ""}` : ""}`,
    ),
  ];
}

function gridLines({ title, sources, targets, cells }: ModeSummary["grids"][number]): readonly string[] {
  if (!fitsPage({ sources, targets })) return [`${title}: ${countsOf(cells)}`];
  const row = (parts: readonly string[]): string => `| ${parts.join(" | ")} |`;
  return [
    row([title, ...targets]),
    row(["---", ...targets.map(() => "---")]),
    ...sources.map((source) =>
      row([
        source,
        ...targets.map((target) => {
          const found = cells.find((one) => one.source === source && one.target === target);
          return found === undefined ? "·" : `${found.form}${found.seen} ${marks[found.status]}`;
        }),
      ]),
    ),
  ];
}

import { costsMore } from "../diff/changed-costs.ts";
import { plural } from "../report/format.ts";
import type { SignedDiff, SignedRun } from "./signoff.ts";
import { idleWaivers, type WeighedCell } from "./weigh.ts";
import type { Waiver } from "./waiver.ts";

/** What the notes are made of. */
export interface Noted {
  readonly cells: readonly WeighedCell[];
  readonly runs: readonly SignedRun[];
  readonly baseline: readonly SignedDiff[];
  readonly waivers: readonly Waiver[];
}

/** What stops nothing and must be known: what only informs and failed, contradictions, repeated runs, faults on purpose, costs that rose. Pure. */
export function notesOf({ cells, runs, baseline, waivers }: Noted): readonly string[] {
  return [
    ...cells.flatMap(informing),
    ...contradictions(cells),
    ...repeats(runs),
    ...injected(runs),
    ...baseline.flatMap(({ configuration, diff }) =>
      diff.costs
        .filter((cost) => cost.follows === undefined && costsMore(cost))
        .map(({ id }) => `${id} costs more than in the baseline on ${configuration}`),
    ),
    ...idleWaivers(waivers, cells).map(({ id }) => `the waiver of ${id} is not needed: take it out`),
  ];
}

/** How many runs were repeated after a lab error, and each of them: many are a trouble of their own. */
function repeats(runs: readonly SignedRun[]): readonly string[] {
  const repeated = runs.filter(({ repeatedBy }) => repeatedBy !== undefined);
  if (repeated.length === 0) return [];
  const each = repeated.map(({ id, repeatedBy = "", troubles: [first = ""] }) => {
    return `run ${id} ended with a lab error (${first.split("\n", 1).join("")}) and was repeated by ${repeatedBy}`;
  });
  return [`${repeated.length} of ${plural(runs.length, "run")} repeated after a lab error`, ...each];
}

/** Runs that put a fault into their own lab, which says nothing of what is released. */
function injected(runs: readonly SignedRun[]): readonly string[] {
  return runs.flatMap(({ id, command }) => {
    const [, fault] = /\s--fault[ =](\S+)/.exec(command) ?? [];
    return fault === undefined ? [] : [`run ${id} put a fault into its own lab: ${fault}`];
  });
}

function informing({ mode, configuration, findings }: WeighedCell): readonly string[] {
  const own = findings.filter(({ group, verdict }) => group === "informing" && verdict.status !== "skip");
  if (own.length === 0) return [];
  return [`informing only: ${plural(own.length, "check")} of ${mode} on ${configuration.title} did not pass`];
}

function contradictions(cells: readonly WeighedCell[]): readonly string[] {
  return cells.flatMap(({ findings, mode, configuration }) => {
    const own = findings.filter(
      ({ contradictedBy, verdict }) => contradictedBy.length > 0 && verdict.status !== "skip",
    );
    const [first] = own;
    if (first === undefined) return [];
    const { runs, contradictedBy } = first;
    const where = `of ${mode} on ${configuration.title}`;
    return [
      `runs disagree about ${plural(own.length, "check")} ${where}, ${runs.join(", ")} against ${contradictedBy.join(", ")}; the worse answer counts`,
    ];
  });
}

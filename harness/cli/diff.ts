import { Option, type Command } from "commander";
import { ExitCode, UsageError } from "../core/errors.ts";
import { diffHistory } from "../diff/diff-history.ts";
import { diffRuns } from "../diff/diff-runs.ts";
import type { RunDiff } from "../diff/run-diff.ts";
import { isHistory, readHistory } from "../history/history-file.ts";
import { nightsOf } from "../history/night.ts";
import { renderDiffMarkdown, renderDiffText } from "../report/render-diff.ts";
import { fewestNights } from "../stats/compare-with-series.ts";
import { loadRun } from "../report/store.ts";
import { teach, type Example } from "./teach.ts";
import type { RunRecord } from "../run/record.ts";

const formats = ["text", "markdown", "json"] as const;

interface DiffOptions {
  readonly out: string;
  readonly format: (typeof formats)[number];
}

const usage = "npm run lab -- diff BEFORE AFTER [options]";

const examples: readonly Example[] = [
  ["npm run lab -- diff 7f3kq latest", "what the last run found otherwise than this one"],
  ["npm run lab -- diff history latest", "the last run's costs against the nights before (--history history)"],
  ["npm run lab -- diff 7f3kq latest --format markdown", "for a comment on a pull request"],
];

/** `diff`: what changed from one stored run to another, beyond what chance explains. */
export function addDiff(program: Command): void {
  const command = program
    .command("diff")
    .description(
      "what differs between two stored runs, or a run and the nights before it, beyond noise; exit code 1 where something got worse",
    )
    .argument("<before>", "run id, folder of a run, latest, or a history (the folder of --history)")
    .argument("<after>", "run id, folder of a run, or latest");
  teach(command, usage, examples)
    .option("--out <dir>", "folder that holds the results", "results")
    .addOption(new Option("--format <name>", "how to print it").choices(formats).default("text"))
    .action(async (before: string, after: string, { out, format }: DiffOptions) => {
      const diff = await difference(before, after, out);
      const render = { text: renderDiffText, markdown: renderDiffMarkdown, json: asJson }[format];
      console.log(render(diff));
      process.exitCode = diff.worse ? ExitCode.fail : ExitCode.pass;
    });
}

/** A history may stand in either place: the other is the run that is compared with it. */
async function difference(before: string, after: string, out: string): Promise<RunDiff> {
  const [isBefore, isAfter] = [await isHistory(before), await isHistory(after)];
  if (isBefore && isAfter)
    throw new UsageError("both are histories; one of them must be a run", {
      fix: `name a run: npm run lab -- diff ${before} latest`,
    });
  if (isBefore) return againstHistory(before, after, out);
  if (isAfter) return againstHistory(after, before, out);
  return diffRuns(await judgedRun(before, out), await judgedRun(after, out));
}

async function againstHistory(place: string, run: string, out: string): Promise<RunDiff> {
  const after = await judgedRun(run, out);
  if (nightsOf(after).length === 0)
    throw new UsageError(`run ${after.id} has no costs with an interval, and a history holds nothing else`, {
      fix: "measure it with --profile full",
    });
  const diff = diffHistory(await readHistory(place), after);
  if (diff.costs.length + diff.alike === 0)
    throw new UsageError(`the ${diff.before} tells too little of what run ${after.id} measured`, {
      where: place,
      fix: `compare with at least ${fewestNights} nights of the same topology, provider and dataplane`,
    });
  return diff;
}

async function judgedRun(reference: string, out: string): Promise<RunRecord> {
  const { record } = await loadRun(reference, out);
  if (record.verdicts.length === 0)
    throw new UsageError(`run ${record.id} judged nothing, so there is nothing to compare`);
  return record;
}

function asJson(diff: unknown): string {
  return JSON.stringify(diff, undefined, 2);
}

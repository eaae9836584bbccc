import { Option, type Command } from "commander";
import { ExitCode, UsageError } from "../core/errors.ts";
import { diffRuns } from "../diff/diff-runs.ts";
import { renderDiffMarkdown, renderDiffText } from "../report/render-diff.ts";
import { loadRun } from "../report/store.ts";

const formats = ["text", "markdown", "json"] as const;

interface DiffOptions {
  readonly out: string;
  readonly format: (typeof formats)[number];
}

/** `diff`: what changed from one stored run to another, beyond what chance explains. */
export function addDiff(program: Command): void {
  program
    .command("diff")
    .description("what differs between two stored runs beyond noise; exit code 1 where something got worse")
    .argument("<before>", "run id, folder of a run, or latest")
    .argument("<after>", "run id, folder of a run, or latest")
    .option("--out <dir>", "folder that holds the results", "results")
    .addOption(new Option("--format <name>", "how to print it").choices(formats).default("text"))
    .action(async (before: string, after: string, { out, format }: DiffOptions) => {
      const [one, other] = [await loadRun(before, out), await loadRun(after, out)];
      if (one.record.verdicts.length === 0 || other.record.verdicts.length === 0) {
        const empty = one.record.verdicts.length === 0 ? one.record.id : other.record.id;
        throw new UsageError(`run ${empty} judged nothing, so there is nothing to compare`);
      }
      const diff = diffRuns(one.record, other.record);
      const render = { text: renderDiffText, markdown: renderDiffMarkdown, json: asJson }[format];
      console.log(render(diff));
      process.exitCode = diff.worse ? ExitCode.fail : ExitCode.pass;
    });
}

function asJson(diff: unknown): string {
  return JSON.stringify(diff, undefined, 2);
}

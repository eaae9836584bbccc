import { join } from "node:path";
import { UsageError } from "../core/errors.ts";
import { explainCapture } from "../explain/explain-capture.ts";
import { renderSummary } from "../explain/render-summary.ts";
import { runOutcomes, type PathOutcome } from "../report/path-outcome.ts";
import { renderProblem } from "../report/render-problem.ts";
import { repeatOf } from "../report/see-it.ts";
import { loadRun, type StoredRun } from "../report/store.ts";
import { plainStyle } from "../report/style.ts";

/** Explains a stored run: what was wrong with its paths, or with those that a pattern names, then the captures of these. */
export async function explainRun(
  reference: string,
  pattern: string | undefined,
  out: string,
  top: number,
): Promise<void> {
  const run = await loadRun(reference, out);
  const outcomes = chosen(run, pattern);
  const { record, folder } = run;
  for (const outcome of outcomes) {
    const options = {
      style: plainStyle,
      folder: folder.path,
      repeat: repeatOf(record),
      verbose: pattern !== undefined,
    };
    console.log(renderProblem(outcome, options).join("\n"));
  }
  if (outcomes.length === 0) console.log(`run ${record.id}: no path failed or is inconclusive`);
  const shown = outcomes.length > 0 ? outcomes : runOutcomes(record);
  const captures = [...new Set(shown.flatMap(({ path }) => path?.pcaps ?? []))].sort();
  for (const capture of captures) {
    const summary = await explainCapture(join(folder.path, capture));
    console.log(`\n${renderSummary(summary, top)}`);
  }
}

/** The paths that a pattern names, or all that are wrong or in doubt. */
function chosen({ record }: StoredRun, pattern: string | undefined): readonly PathOutcome[] {
  const all = runOutcomes(record);
  if (pattern === undefined) return all.filter(({ status }) => status === "fail" || status === "inconclusive");
  const named = all.filter(({ id }) => id.toLowerCase().includes(pattern.toLowerCase()));
  if (named.length > 0) return named;
  throw new UsageError(`run ${record.id} has no path "${pattern}"`, {
    ...(all[0] === undefined ? {} : { tail: `the first of ${all.length} is ${all[0].id}` }),
    fix: "give part of a path's id",
  });
}

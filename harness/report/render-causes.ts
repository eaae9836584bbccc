import type { ScenarioRecord } from "../run/record.ts";
import { plural } from "./format.ts";
import type { Style } from "./style.ts";

/** What went wrong in a scenario, before its symptoms: each cause with what proves it, what to do, and who met it too. */
export function causeLines(
  { causes = [] }: Pick<ScenarioRecord, "causes">,
  { style, verbose, failed }: CauseOptions,
): readonly string[] {
  return causes.flatMap(({ sentence, fix, issues, evidence, explains }) => [
    `  ${style.fail("cause")}  ${style.strong(sentence)}`,
    `${indent}explains  ${explained(explains.length, failed)}`,
    `${indent}fix       ${fix}`,
    ...(issues.length === 0 ? [] : [`${indent}see       ${issues.join(", ")}`]),
    ...evidence.slice(0, verbose ? evidence.length : shown).map((line) => `${indent}${line}`),
  ]);
}

interface CauseOptions {
  readonly style: Style;
  readonly verbose: boolean;
  /** How many paths and nodes failed; missing = nobody asks. */
  readonly failed?: number;
}

function explained(count: number, failed: number | undefined): string {
  if (failed === undefined) return plural(count, "failure");
  return count === failed
    ? `all that failed: ${plural(count, "item")}`
    : `${count} of ${plural(failed, "failed item")}`;
}

const indent = "      ";

/** Lines of evidence shown unless verbose; all of them are in run.json. */
const shown = 3;

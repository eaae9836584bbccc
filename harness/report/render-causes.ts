import type { ScenarioRecord } from "../run/record.ts";
import { plural } from "./format.ts";
import type { Style } from "./style.ts";

/** What went wrong in a scenario, before its symptoms: each cause with what proves it, what to do, and who met it too. */
export function causeLines(
  { causes = [] }: Pick<ScenarioRecord, "causes">,
  { style, verbose }: { readonly style: Style; readonly verbose: boolean },
): readonly string[] {
  return causes.flatMap(({ sentence, fix, issues, evidence, explains }) => [
    `  ${style.fail("cause")}  ${style.strong(sentence)}`,
    `${indent}explains  ${plural(explains.length, "failure")}`,
    `${indent}fix       ${fix}`,
    ...(issues.length === 0 ? [] : [`${indent}see       ${issues.join(", ")}`]),
    ...evidence.slice(0, verbose ? evidence.length : shown).map((line) => `${indent}${line}`),
  ]);
}

const indent = "      ";

/** Lines of evidence shown unless verbose; all of them are in run.json. */
const shown = 3;

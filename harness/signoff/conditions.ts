import type { TestedFile } from "../lab/tested-file.ts";
import type { RunRecord } from "../run/record.ts";
import type { Cell } from "./merge-runs.ts";

/** What a result depends on and what may differ from night to night, by name. */
export type Conditions = Readonly<Record<string, string>>;

/** The conditions of a cell: Calico (or reference), kernel, topology, tools, and encaplab itself. */
export function conditionsOf(cell: Cell, records: readonly RunRecord[]): Conditions {
  const { dataplane, kernel, topology, plan } = cell.configuration;
  const [record] = records.filter(({ id }) => cell.runs.includes(id));
  const scenario = record?.scenarios.find(
    ({ mode, variant }) => mode === cell.mode && variant === cell.configuration.variant,
  );
  const { version = "", tools = {}, os = "" } = record?.environment ?? {};
  return {
    dataplane,
    ...scenario?.versions,
    ...contentOf(scenario?.tested ?? []),
    kernel,
    topology: `${topology} (${plan})`,
    os,
    ...tools,
    encaplab: version,
  };
}

/** A Calico of the same name may be another one: a tag that moves, a build of a branch. */
function contentOf(tested: readonly TestedFile[]): Conditions {
  if (tested.length === 0) return {};
  const digests = [...new Set(tested.map(({ sha256 }) => sha256.slice(0, shownDigits)))].sort();
  return { "SHA-256 of Calico": digests.join(" ") };
}

/** Digits of a digest that tell builds apart for a reader. */
const shownDigits = 8;

/** What changed between two sets of conditions, in words: "kernel 6.12.9 → 6.12.11". */
export function changedConditions(before: Conditions, after: Conditions): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((name) => before[name] !== after[name])
    .map((name) => `${name}: ${before[name] ?? "not recorded"} → ${after[name] ?? "not recorded"}`);
}

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
    kernel,
    topology: `${topology} (${plan})`,
    os,
    ...tools,
    encaplab: version,
  };
}

/** What changed between two sets of conditions, in words: "kernel 6.12.9 → 6.12.11". */
export function changedConditions(before: Conditions, after: Conditions): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((name) => before[name] !== after[name])
    .map((name) => `${name}: ${before[name] ?? "not recorded"} → ${after[name] ?? "not recorded"}`);
}

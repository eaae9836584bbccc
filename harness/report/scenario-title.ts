import type { ScenarioRecord } from "../run/record.ts";

/** What a scenario is called in every report: its mode and, where there are several of the mode, what sets it apart. */
export function scenarioTitle({ mode, variant }: Pick<ScenarioRecord, "mode" | "variant">): string {
  return variant === undefined ? mode : `${mode} (${variant})`;
}

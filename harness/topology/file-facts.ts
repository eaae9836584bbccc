import type { ValuePath } from "../core/yaml/value-problem.ts";

/** What validation must know of the file beyond the topology made from it. */
export interface FileFacts {
  /** Whether the file itself gives this value, as opposed to a default. */
  spells(path: ValuePath): boolean;
  /** Ill-formed entries were left out of the topology: conclusions from what is absent would be wrong. */
  readonly entriesCut: boolean;
}

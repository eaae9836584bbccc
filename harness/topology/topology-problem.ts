/** Keys from the top of a topology file down to a value: `["subnets", "rack-b", "cidr"]`. */
export type ValuePath = readonly (string | number)[];

/** One thing wrong with a topology file, and where; a path that the file does not spell out points to its nearest parent. */
export interface TopologyProblem {
  readonly path: ValuePath;
  readonly message: string;
  /** Point to the key instead of its value: for unknown keys and bad names. */
  readonly atKey?: boolean;
}

/** What validation must know of the file beyond the topology made from it. */
export interface FileFacts {
  /** Whether the file itself gives this value, as opposed to a default. */
  spells(path: ValuePath): boolean;
  /** Ill-formed entries were left out of the topology: conclusions from what is absent would be wrong. */
  readonly entriesCut: boolean;
}

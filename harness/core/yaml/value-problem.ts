/** Keys from the top of a file's data down to a value: `["subnets", "rack-b", "cidr"]`. */
export type ValuePath = readonly (string | number)[];

/** One thing wrong with a file, and where; a path that the file does not spell out points to its nearest parent. */
export interface ValueProblem {
  readonly path: ValuePath;
  readonly message: string;
  /** Point to the key instead of its value: for unknown keys and bad names. */
  readonly atKey?: boolean;
}

/** The value at a path of plain data; undefined where there is none. */
export function valueAt(data: unknown, path: ValuePath): unknown {
  return path.reduce<unknown>(
    (value, key) => (isContainer(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    data,
  );
}

/** Whether a value has keys of its own: a map or a list. */
export function isContainer(value: unknown): value is Record<string | number, unknown> {
  return typeof value === "object" && value !== null;
}

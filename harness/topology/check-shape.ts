import type { z } from "zod";
import { didYouMean } from "./closest-name.ts";
import { knownKeys, topologySchema } from "./schema.ts";
import type { TopologyFile } from "./schema.ts";
import { shownValue } from "./shown-value.ts";
import type { TopologyProblem, ValuePath } from "./topology-problem.ts";

/** What could be made of a file's data. */
export interface CheckedShape {
  readonly problems: readonly TopologyProblem[];
  /** The data without its ill-formed parts; missing when too little is left to look for further problems. */
  readonly file?: TopologyFile;
  /** Whether whole entries had to be left out. */
  readonly entriesCut: boolean;
}

/**
 * Holds data against the schema; ill-formed parts are reported and left out, so that the checks of validate.ts can find
 * the other problems of the file in the same go.
 */
export function checkShape(data: unknown): CheckedShape {
  const first = topologySchema.safeParse(data);
  if (first.success) return { problems: [], file: first.data, entriesCut: false };
  const problems = first.error.issues.flatMap((issue) => problemsOf(issue, data));
  const rest = structuredClone(data);
  let entriesCut = false;
  let issues = first.error.issues;
  for (;;) {
    // From the back, so that taking out a list's element does not shift those still to go.
    for (const issue of issues.toReversed()) entriesCut = cutOut(issue, rest) || entriesCut;
    const next = topologySchema.safeParse(rest);
    if (next.success) return { problems, file: next.data, entriesCut };
    // Each round must take something away, or the data is beyond repair (no map at all, a section missing).
    if (JSON.stringify(next.error.issues) === JSON.stringify(issues)) return { problems, entriesCut };
    issues = next.error.issues;
  }
}

type Issue = z.core.$ZodIssue;

function problemsOf(issue: Issue, data: unknown): TopologyProblem[] {
  const path = issue.path as ValuePath;
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey([...path, key]));
  if (issue.code === "invalid_key") return issue.issues.map(({ message }) => ({ path, message, atKey: true }));
  return [{ path, message: describe(issue, valueAt(data, path)) }];
}

function unknownKey(path: ValuePath): TopologyProblem {
  const key = String(path.at(-1));
  const known = knownKeys(path.slice(0, -1));
  return { path, atKey: true, message: `unknown key${didYouMean(key, known)}; known: ${known.join(", ")}` };
}

function describe(issue: Issue, value: unknown): string {
  if (value === undefined) return "missing";
  const shown = shownValue(value);
  switch (issue.code) {
    case "invalid_value":
      return `unknown value ${shown}; one of ${issue.values.join(", ")}`;
    case "invalid_type":
      return `expected ${words[issue.expected] ?? issue.expected}, got ${value === null ? "nothing" : shown}`;
    case "too_small":
      return issue.origin === "array" ? "must not be empty" : `${shown} is below ${issue.minimum}`;
    case "too_big":
      return issue.origin === "string" ? issue.message : `${shown} is above ${issue.maximum}`;
    default:
      return `${shown}: ${issue.message}`;
  }
}

/** Zod's names of types in words of a YAML file. */
const words: Readonly<Record<string, string>> = {
  object: "a map",
  record: "a map",
  array: "a list",
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};

/** The value at a path of plain data; undefined where there is none. */
export function valueAt(data: unknown, path: ValuePath): unknown {
  return path.reduce<unknown>(
    (value, key) => (isContainer(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    data,
  );
}

/** Takes the ill-formed part out of the data; true when that was, or was in, a whole entry such as a node. */
function cutOut(issue: Issue, data: unknown): boolean {
  const path = issue.path as ValuePath;
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys) remove(data, [...path, key]);
    return false;
  }
  if (valueAt(data, path) !== undefined) {
    remove(data, path);
    return isEssential(path);
  }
  const [section] = path;
  if (path.length === 1 && section !== undefined && isContainer(data)) data[section] = {};
  else remove(data, path.slice(0, -1));
  return true;
}

/** Optional settings can go unnoticed; without an entry or its networks, other checks would see ghosts. */
function isEssential(path: ValuePath): boolean {
  const isEntry = path.length === 2 && path[0] !== "services";
  return isEntry || ["cidr", "cidr6", "subnet", "subnets"].includes(String(path.at(-1)));
}

function remove(data: unknown, path: ValuePath): void {
  const key = path.at(-1);
  const parent = valueAt(data, path.slice(0, -1));
  if (key === undefined || !isContainer(parent)) return;
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(parent, key);
}

function isContainer(value: unknown): value is Record<string | number, unknown> {
  return typeof value === "object" && value !== null;
}

import type { z } from "zod";
import { knownKeys, type TopologyFile, topologySchema } from "./schema.ts";
import { isContainer, valueAt, type ValuePath, type ValueProblem } from "../core/yaml/value-problem.ts";
import { schemaProblems } from "../core/yaml/schema-problems.ts";

/** What could be made of a file's data. */
export interface CheckedShape {
  readonly problems: readonly ValueProblem[];
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
  const problems = first.error.issues.flatMap((issue) => schemaProblems(issue, data, knownKeys));
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

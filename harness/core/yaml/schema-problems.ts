import type { z } from "zod";
import { didYouMean } from "../closest-name.ts";
import { shownValue, valueKind } from "../shown-value.ts";
import { valueAt, type ValuePath, type ValueProblem } from "./value-problem.ts";

/** What zod finds wrong with data, in the words of whoever wrote the file; `knownKeys` are those of the map at a path. */
export function schemaProblems(
  issue: z.core.$ZodIssue,
  data: unknown,
  knownKeys: (path: ValuePath) => readonly string[],
): readonly ValueProblem[] {
  const path = issue.path as ValuePath;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...path, key], atKey: true, message: unknownKey(key, knownKeys(path)) }));
  }
  if (issue.code === "invalid_key") return issue.issues.map(({ message }) => ({ path, message, atKey: true }));
  return [{ path, message: describe(issue, valueAt(data, path), path.length === 0) }];
}

function unknownKey(key: string, known: readonly string[]): string {
  return `unknown key${didYouMean(key, known)}; known: ${known.join(", ")}`;
}

function describe(issue: z.core.$ZodIssue, value: unknown, isWhole: boolean): string {
  if (value === undefined) return "missing";
  const shown = isWhole ? valueKind(value) : shownValue(value);
  switch (issue.code) {
    case "invalid_value":
      return issue.values.length === 1
        ? `${shown} must be ${issue.values.join("")}`
        : `unknown value ${shown}; one of ${issue.values.join(", ")}`;
    case "invalid_type":
      return `expected ${words[issue.expected] ?? issue.expected}, got ${value === null ? "nothing" : shown}`;
    case "too_small":
      return issue.origin === "number" || issue.origin === "int"
        ? `${shown} is below ${issue.minimum}`
        : "must not be empty";
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

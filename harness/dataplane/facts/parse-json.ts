import { LabError } from "../../core/errors.ts";

/** One object of a JSON array that `ip -j` or `bridge -j` printed; what is in it differs between versions. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Parses what `ip -j` or `bridge -j` printed; nothing at all means an empty list, as older versions print. */
export function parseJsonList(text: string, command: string): readonly JsonObject[] {
  if (text.trim() === "") return [];
  const list = parse(text, command);
  if (!Array.isArray(list) || !list.every(isObject)) throw notAList(text, command);
  return list.filter((entry) => Object.keys(entry).length > 0);
}

/** The value if it is a string, otherwise undefined. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The value if it is a number, otherwise undefined. */
export function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** The strings of a list; none if it is not a list. */
export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === "string") : [];
}

/** The objects of a list; none if it is not a list. */
export function objects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Whether the value is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parse(json: string, command: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch (cause) {
    throw new LabError(`\`${command}\` did not print valid JSON`, { command, tail: json.slice(0, 400), cause });
  }
}

function notAList(json: string, command: string): LabError {
  return new LabError(`\`${command}\` did not print a list`, { command, tail: json.slice(0, 400) });
}

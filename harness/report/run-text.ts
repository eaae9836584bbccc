import type { RunRecord } from "../run/record.ts";

/**
 * The text of run.json: a line for each verdict, path and measurement, so that text tools find and compare whole ones, and
 * no indentation inside of them, which would double the file.
 */
export function runText(record: RunRecord): string {
  return `${objectText(record, "")}\n`;
}

/** A line for each property, and inside of a list a line for each item; scenarios are written like the whole. */
function objectText(value: object, indent: string): string {
  const inner = `${indent} `;
  const properties = Object.entries(value as Readonly<Record<string, unknown>>).flatMap(([name, property]) =>
    property === undefined ? [] : [`${inner}${JSON.stringify(name)}: ${propertyText(name, property, inner)}`],
  );
  return `{\n${properties.join(",\n")}\n${indent}}`;
}

function propertyText(name: string, value: unknown, indent: string): string {
  if (!Array.isArray(value) || typeof value[0] !== "object") return JSON.stringify(value);
  const items = value.map((item: object) =>
    name === "scenarios" ? objectText(item, `${indent} `) : JSON.stringify(item),
  );
  return `[\n${items.map((item) => `${indent} ${item}`).join(",\n")}\n${indent}]`;
}

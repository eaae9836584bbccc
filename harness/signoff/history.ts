import { z } from "zod";
import { UsageError } from "../core/errors.ts";
import { jsonOf } from "../core/json-of.ts";
import type { Conditions } from "./conditions.ts";

/** One earlier sign-off, as one line of a history file. */
export interface HistoryEntry {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly decision: "go" | "no-go";
  readonly lanes: Readonly<Record<string, LaneEntry>>;
}

/** What a sign-off found in one lane: a mode on what stays the same from night to night. */
interface LaneEntry {
  readonly green: boolean;
  readonly conditions: Conditions;
}

/** How a lane stands after earlier sign-offs. */
export interface Streak {
  /** Greens in a row, this one included; 0 where it is red now. */
  readonly greens: number;
  /** The last green one, where it is red now. */
  readonly lastGreen?: { readonly id: string; readonly at: string; readonly conditions: Conditions };
}

/** Reads a history file: one JSON object a line, oldest first. UsageError with the line that is none. */
export function parseHistory(text: string, source: string): readonly HistoryEntry[] {
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    const result = entrySchema.safeParse(jsonOf(line));
    if (result.success) return [result.data];
    throw new UsageError("not a line of a sign-off history", {
      where: `${source}:${index + 1}`,
      fix: "take the line out, or give another file: --history FILE",
    });
  });
}

/** A line of that file. */
export function historyLine(entry: HistoryEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

/** Greens in a row of a lane, of a history oldest first. */
export function streakOf(lane: string, green: boolean, history: readonly HistoryEntry[]): Streak {
  const own = history.flatMap((entry) => {
    const found = entry.lanes[lane];
    return found === undefined ? [] : [{ id: entry.id, at: entry.at, ...found }];
  });
  const lastRed = own.findLastIndex((one) => !one.green);
  if (green) return { greens: own.length - 1 - lastRed + 1 };
  const last = own.findLast((one) => one.green);
  if (last === undefined) return { greens: 0 };
  return { greens: 0, lastGreen: { id: last.id, at: last.at, conditions: last.conditions } };
}

const laneSchema = z
  .strictObject({ green: z.boolean(), conditions: z.record(z.string(), z.string()).readonly() })
  .readonly();
const entrySchema = z
  .strictObject({
    id: z.string().min(1),
    at: z.iso.datetime(),
    decision: z.enum(["go", "no-go"]),
    lanes: z.record(z.string(), laneSchema).readonly(),
  })
  .readonly();

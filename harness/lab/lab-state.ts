import { systemClock, type Clock } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import type { LabLabel, LabRef } from "./lab.ts";

/** What could be learned of a lab's label: the label, that it never got one, or why nobody can tell. */
interface LabelReading {
  readonly label?: LabLabel;
  /** Why what is written there could not be read; the lab may well be a kept one. */
  readonly unreadable?: string;
}

/** Milliseconds before a label that could not be read is read once more: a machine out of processes or memory has moments. */
const secondLookMs = 100;

/** Reads a label, and once more where that fails; what cannot be read is told, never taken for absent. */
async function readingOf(read: () => Promise<LabLabel | undefined>, clock: Clock = systemClock): Promise<LabelReading> {
  try {
    return found(await read());
  } catch {
    await clock.sleep(secondLookMs);
  }
  try {
    return found(await read());
  } catch (error) {
    return { unreadable: messageOf(error) };
  }
}

/** A label from its text. Throws where the text is not a label: a lab must not count as unlabeled because of that. */
export function parseLabel(text: string): LabLabel {
  const label = JSON.parse(text) as Partial<LabLabel> | null;
  if (typeof label?.kept !== "boolean") throw new Error(`not a lab label: ${text.slice(0, 80)}`);
  return label as LabLabel;
}

/**
 * The state of a lab and its label, for a LabRef. The owner is asked before the label is read: `up` labels its lab as kept
 * before it ends, so whoever finds the owner dead finds that label too.
 */
export async function stateOf(
  ownerLives: () => Promise<boolean>,
  readLabel: () => Promise<LabLabel | undefined>,
  clock?: Clock,
): Promise<Pick<LabRef, "state" | "label" | "unreadable">> {
  const lives = await ownerLives();
  const { label, unreadable } = await readingOf(readLabel, clock);
  if (label?.kept === true) return { state: "kept", label };
  if (lives) return { state: "running", ...(label === undefined ? {} : { label }) };
  if (unreadable !== undefined) return { state: "unreadable", unreadable };
  return { state: "stale", ...(label === undefined ? {} : { label }) };
}

function found(label: LabLabel | undefined): LabelReading {
  return label === undefined ? {} : { label };
}

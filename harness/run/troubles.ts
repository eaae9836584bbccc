import { HarnessError, formatError, messageOf } from "../core/errors.ts";
import { explainFullDisk } from "../core/full-disk.ts";
import { CleanupError, cleanupFailuresOf } from "../core/scope.ts";
import type { Trouble } from "./record.ts";

/** An error and the clean-up failures attached to it, as the record keeps them; a full disk is told with the folder that results go to. */
export function troublesOf(phase: string, error: unknown, folder?: string): readonly Trouble[] {
  const cleanup = cleanupTroubles(error);
  // Its message is nothing but the list of these.
  if (error instanceof CleanupError) return cleanup;
  const told = folder === undefined ? error : explainFullDisk(error, folder);
  return [trouble(phase, told instanceof HarnessError ? formatError(told) : messageOf(told)), ...cleanup];
}

/** The clean-up failures attached to an error. */
export function cleanupTroubles(error: unknown): readonly Trouble[] {
  return cleanupFailuresOf(error).map(({ label, error: cause }) =>
    trouble("tear-down", `${label}: ${messageOf(cause)}`),
  );
}

function trouble(phase: string, message: string): Trouble {
  return { phase, message, category: "lab trouble" };
}

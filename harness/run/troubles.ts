import { HarnessError, formatError } from "../core/errors.ts";
import { cleanupFailuresOf } from "../core/scope.ts";
import { messageOf } from "../core/errors.ts";
import type { Trouble } from "./record.ts";

/** An error and the clean-up failures attached to it, as the record keeps them. */
export function troublesOf(phase: string, error: unknown): readonly Trouble[] {
  const cleanup = cleanupFailuresOf(error).map(({ label, error: cause }) =>
    trouble("tear-down", `${label}: ${messageOf(cause)}`),
  );
  return [trouble(phase, error instanceof HarnessError ? formatError(error) : messageOf(error)), ...cleanup];
}

function trouble(phase: string, message: string): Trouble {
  return { phase, message, category: "lab trouble" };
}

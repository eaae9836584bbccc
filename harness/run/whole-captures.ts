import { rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Where a scenario's whole captures lie until they have been read. */
export function wholeCaptures(runFolder: string, scenario: string): string {
  return join(runFolder, "captures", scenario);
}

/** Removes a scenario's whole captures from a run's folder, and the folder of captures with the last of them. */
export async function removeCaptures(runFolder: string, scenario: string): Promise<void> {
  const own = wholeCaptures(runFolder, scenario);
  await rm(own, { recursive: true, force: true });
  // Another scenario's may be there still: then it is whoever removes those that empties it.
  await rmdir(dirname(own)).catch(() => undefined);
}

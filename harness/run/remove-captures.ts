import { rm, rmdir } from "node:fs/promises";
import { join } from "node:path";

/** Removes a scenario's whole captures from a run's folder, and the folder of captures with the last of them. */
export async function removeCaptures(runFolder: string, scenario: string): Promise<void> {
  const captures = join(runFolder, "captures");
  await rm(join(captures, scenario), { recursive: true, force: true });
  // Another scenario's may be there still: then it is whoever removes those that empties it.
  await rmdir(captures).catch(() => undefined);
}

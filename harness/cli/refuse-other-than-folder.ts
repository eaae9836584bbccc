import { stat } from "node:fs/promises";
import { UsageError } from "../core/errors.ts";

/** UsageError where something is called as a folder shall be that is none; one that is not there yet will be made. */
export async function refuseOtherThanFolder(option: string, place: string | undefined): Promise<void> {
  const found = place === undefined ? undefined : await stat(place).catch(() => undefined);
  if (found === undefined || found.isDirectory()) return;
  throw new UsageError(`${option} ${place ?? ""} is not a folder`, {
    fix: "name a folder; it is made where there is none",
  });
}

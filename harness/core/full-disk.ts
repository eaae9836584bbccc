import { HarnessError, LabError, messageOf } from "./errors.ts";

/** What an error of a full disk begins with when it has been explained. */
export const fullDisk = "no space is left where results go";

/** An error that a full disk caused, with the place and what to do; any other error as it is. */
export function explainFullDisk(error: unknown, folder: string): unknown {
  const said = `${messageOf(error)} ${error instanceof HarnessError ? (error.details.tail ?? "") : ""}`;
  if (!/ENOSPC|No space left on device/.test(said)) return error;
  return new LabError(fullDisk, { where: folder, fix: "free some there, or name another folder: --out DIR" });
}

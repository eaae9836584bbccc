import { stat } from "node:fs/promises";

/** Whether there is a file or folder at this path that this user can see; a link counts as what it leads to. */
export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

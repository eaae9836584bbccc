import { access } from "node:fs/promises";
import { join } from "node:path";

/** Whether an argument is a run of ours and no file: its id, its folder, or `latest`. */
export async function isRun(reference: string, out: string): Promise<boolean> {
  // Joined to a folder it would be that folder.
  if (reference === "") return false;
  const there = (path: string): Promise<boolean> =>
    access(path).then(
      () => true,
      () => false,
    );
  if (await there(join(reference, "run.json"))) return true;
  if (await there(join(out, reference, "run.json"))) return true;
  // A run that was cut short has a folder, and an error of its own.
  return !(await there(reference)) && (await there(join(out, reference)));
}

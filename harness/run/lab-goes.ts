import type { Lab } from "../lab/lab.ts";
import type { RunOrder } from "./order.ts";

/** Whether a lab is removed when the run is done with it, and all that is on its nodes with them; nodes that are not ours stay. */
export function labGoes({ keep, standing }: RunOrder, { borrowed }: Lab): boolean {
  return !keep && standing === undefined && borrowed !== true;
}

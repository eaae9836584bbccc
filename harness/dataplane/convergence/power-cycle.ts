import { systemClock } from "../../core/clock.ts";
import { LabError } from "../../core/errors.ts";
import type { LabNode } from "../../lab/lab.ts";
import type { Stopwatch } from "./stopwatch.ts";

/** Milliseconds for which a node is off: long enough for neighbors to notice, shorter than real machines take. */
const offMs = 3000;

/** Lets a node's own network go, and everything else that a reboot takes, waits, and brings the network back. */
export async function powerCycle(
  { power, name }: LabNode,
  clear: () => Promise<void>,
  watch: Stopwatch,
): Promise<void> {
  if (power === undefined)
    throw new LabError(`${name} cannot be rebooted`, { fix: "take a lab in namespaces or machines" });
  await power.off();
  watch.reached(`${name} off`);
  await clear();
  await systemClock.sleep(offMs);
  await power.on();
  watch.reached(`${name} on`);
}

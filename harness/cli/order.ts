import { newRunId } from "../core/run-id.ts";
import { shellQuote } from "../exec/quote.ts";
import { resultsFolder } from "../report/store.ts";
import type { RunOrder } from "../run/order.ts";
import { join } from "node:path";
import { plainMeasuring } from "./measuring-options.ts";
import { refuseEncrypted } from "./switch-options.ts";
import type { RunOptions } from "./run-options.ts";
import type { ScenarioOptions } from "./scenario-options.ts";

/** What a verb asks for beside its options, which an order has in another form. */
type Resolved = Pick<RunOrder, "modes" | "plan" | "keep"> &
  Partial<Pick<RunOrder, "measuring" | "fault" | "standing" | "again" | "memory" | "tour">>;

/** The order that options ask for, with a run id of its own. */
export function orderFor(
  options: Pick<RunOptions, "out" | "throughput" | "captureBuffer"> &
    Pick<ScenarioOptions, "paths" | "profile" | "shard">,
  resolved: Resolved,
): RunOrder {
  const { out, throughput, captureBuffer, paths, profile, shard } = options;
  const id = newRunId();
  const measuring = resolved.measuring ?? plainMeasuring();
  const { again, fault } = resolved;
  if (resolved.tour !== undefined) refuseEncrypted(resolved.plan);
  return {
    ...resolved,
    measuring,
    // A fault is made for certain pods, so that these must speak.
    ...(fault === undefined ? { turn: measuring.seed } : {}),
    ...(again === undefined ? {} : { again: withSeed(again, measuring.seed) }),
    id,
    command: `encaplab ${shellQuote(process.argv.slice(2))}`,
    folder: resultsFolder(join(out, id)).path,
    profile,
    paths,
    ...(shard === undefined ? {} : { shard }),
    captureBufferKiB: captureBuffer,
    throughput,
  };
}

/** Repeats the draw of pods, ports and sizes too. */
function withSeed(again: readonly string[], seed: number): readonly string[] {
  const isTyped = again.some((word) => word === "--seed" || word.startsWith("--seed="));
  return isTyped ? again : [...again, "--seed", String(seed)];
}

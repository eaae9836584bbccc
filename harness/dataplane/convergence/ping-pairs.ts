import type { Identities } from "../../encap/identity.ts";
import type { Mode } from "../../encap/mode.ts";
import type { Plan } from "../../topology/plan.ts";
import type { RunningPod } from "../dataplane.ts";
import { deliveringPairs } from "./must-deliver.ts";
import { pingAll } from "./ping-all.ts";

/** Waits until every pair that must deliver has answered a ping at its pods' addresses; returns how many pairs there were. */
export async function pingPairs(
  plan: Plan,
  mode: Mode,
  identities: Identities,
  pods: readonly RunningPod[],
  timeoutMs: number,
): Promise<number> {
  const pairs = deliveringPairs(plan, mode).flatMap((pair) => {
    const address = identities.pods.find(({ name }) => name === pair.to)?.addresses[pair.family];
    return address === undefined ? [] : [{ ...pair, address }];
  });
  await pingAll(pods, pairs, timeoutMs);
  return pairs.length;
}

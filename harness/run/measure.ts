import type { Scope } from "../core/scope.ts";
import type { Network } from "../dataplane/dataplane.ts";
import type { PathExpectation } from "../encap/expectation.ts";
import type { Measurement } from "./record.ts";
export async function measureScenario(
  _n: Network,
  _e: readonly PathExpectation[],
  _s: Scope,
): Promise<readonly Measurement[]> {
  return Promise.resolve([]);
}

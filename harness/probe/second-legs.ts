import type { PathExpectation } from "../encap/expectation.ts";
import { secondLegOf } from "../encap/nodeport-paths.ts";
import type { ProbeResult } from "./probe.ts";

/**
 * What the requests to NodePorts tell of their further ways behind the nodes that were dialed: the same results once more for the path of
 * that way, where somebody asks about it. Pure.
 */
export function secondLegs(
  results: readonly ProbeResult[],
  expectations: readonly PathExpectation[],
): readonly ProbeResult[] {
  const byId = new Map(expectations.map((expectation) => [expectation.path.id, expectation]));
  return results.flatMap((result): readonly ProbeResult[] => {
    const { probe } = result;
    const { path } = byId.get(secondLegOf(probe.path)?.id ?? "") ?? {};
    const client = byId.get(probe.path.id)?.forward.sources[0];
    if (path === undefined || client === undefined) return [];
    return [{ ...result, probe: { ...probe, path, beyond: [client, probe.dials] } }];
  });
}

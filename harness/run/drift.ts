import type { Drift, Requirement } from "../dataplane/dataplane.ts";
import type { Mode } from "../encap/mode.ts";
import type { Verdict } from "../verify/verdict.ts";

/**
 * The verdict on a configuration that is none of the modes that a run asks about: it has drifted. Where it is one of them, the others
 * are merely not what is configured, and skipped. Pure.
 */
export function driftVerdict(mode: Mode, missing: readonly Requirement[], asked: readonly Mode[]): Verdict | undefined {
  const found = missing.find((requirement) => requirement.drift !== undefined);
  const drift: Drift | undefined = found?.drift;
  if (found === undefined || drift === undefined || asked.some(({ id }) => id === drift.configured)) return undefined;
  const { expected, observed } = drift;
  return {
    id: `${mode.id}/configuration/pools`,
    check: "configuration",
    status: "fail",
    expected,
    observed,
    reason: [found.reason, ...(found.fix === undefined ? [] : [found.fix])].join("; "),
    category: "control plane",
    evidence: [],
  };
}

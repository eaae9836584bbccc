import type { PathExpectation } from "../encap/expectation.ts";
import type { Probe } from "./probe.ts";

/** Where the probes of a path go, and who answers there where that is a node behind a Service. */
export function whereTo({ path, dials, forward }: PathExpectation): Pick<Probe, "path" | "dials" | "hostAddress"> {
  const isHostBehind = path.service !== undefined && path.target.pod === undefined;
  return { path, dials, ...(isHostBehind ? { hostAddress: forward.destination } : {}) };
}

import type { ProbeKind } from "../../harness/probe/probe.ts";
import { checksOf } from "../../harness/verify/registry.ts";

/** What every encapsulation suite sends along every path. */
export const wireProbes: readonly ProbeKind[] = ["ping", "udp", "curl", "bulk"];

/** The questions that every encapsulation suite puts to every path and node. */
export const wireChecks = checksOf("encapsulation");

import type { CheckName } from "../../harness/verify/verdict.ts";

/** The questions that every encapsulation suite puts to every path. */
export const wireChecks: readonly CheckName[] = [
  "reached",
  "encapsulated",
  "not-encapsulated",
  "no-leak",
  "outer-endpoints",
  "source-address",
  "symmetry",
  "conservation",
  "delay",
  "control-plane",
  "bgp",
];

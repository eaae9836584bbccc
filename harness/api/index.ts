/**
 * What suites, faults, checks and tools outside of this repository are written with. Everything here is public: a change of
 * it is a change for others, and `surface.test.ts` says so.
 */
export { defineCheck } from "../verify/check.ts";
export { defineFault } from "../fault/fault.ts";
export { defineSuite } from "../run/suite.ts";
export { loadTopology } from "../topology/load.ts";
export { explainCapture } from "../explain/explain-capture.ts";
export { useLab } from "../suite/use-lab.ts";
export { runSuites } from "./run-suites.ts";
export { decodeCapture } from "./decode-capture.ts";

export type { RunRecord } from "../run/record.ts";
export type { Verdict } from "../verify/verdict.ts";
export type { PathExpectation } from "../encap/expectation.ts";
export type { Provider } from "../provider/provider.ts";
export type { Dataplane } from "../dataplane/dataplane.ts";

import assert from "node:assert/strict";
import { exitCodeFor, summarizeVerdicts } from "./summary.ts";
import type { Status, Verdict } from "../verify/verdict.ts";

const verdict = (status: Status): Verdict => ({
  id: "vxlan-always/pod-to-pod/same-subnet/v4/a1->a2",
  check: "reached",
  status,
  expected: "",
  observed: "",
  evidence: [],
});
const exitOf = (statuses: readonly Status[], troubles = 0) =>
  exitCodeFor(
    summarizeVerdicts(statuses.map(verdict)),
    Array.from({ length: troubles }, () => ({ phase: "lab", message: "x", category: "lab trouble" as const })),
  );

describe("exit code", () => {
  it("is 0 only when something passed and nothing else happened", () => {
    assert.equal(exitOf(["pass", "skip"]), 0);
  });
  it("is 1 when a verdict failed, whatever else there is", () => {
    assert.equal(exitOf(["pass", "fail", "inconclusive"], 1), 1);
  });
  it("is 3 for an inconclusive verdict and for lab trouble", () => {
    assert.equal(exitOf(["pass", "inconclusive"]), 3);
    assert.equal(exitOf(["pass"], 1), 3);
  });
  it("is 2 when nothing was judged", () => {
    assert.equal(exitOf([]), 2);
    assert.equal(exitOf(["skip", "skip"]), 2);
  });
});

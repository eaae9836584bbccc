import assert from "node:assert/strict";
import { measuringTimes, timesOf } from "./path-times.ts";

const startedAt = "2026-11-01T00:00:00.000Z";
const zero = Date.parse(startedAt);

/** Phases one after the other, each 1 s long and beginning on a full second. */
function phasesOf(...names: readonly string[]): {
  readonly phases: { phase: string; startedAt: string; ms: number }[];
} {
  const phases = names.map((phase, index) => ({
    phase,
    startedAt: new Date(zero + index * 1000).toISOString(),
    ms: 1000,
  }));
  return { phases };
}

describe("the times of a test in reports", () => {
  const scenario = phasesOf(
    "dataplane",
    "capture",
    "capture self-check",
    "probes",
    "collect",
    "verdicts",
    "throughput",
  );
  const secondsOf = (id: string, status: "pass" | "skip" = "pass"): readonly number[] => {
    const { start, stop } = timesOf({ id, status }, scenario, { startedAt });
    return [(start - zero) / 1000, (stop - zero) / 1000];
  };

  for (const [id, seconds, why] of [
    ["none/control-plane/a1", [5, 6], "the facts are read and judged"],
    ["none/bgp/tor", [5, 6], "sessions are judged"],
    ["none/steady/a1", [2, 6], "two looks, before and after the probes"],
    ["none/sentinel/a1", [1, 7], "it listens to the end of the run"],
  ] as const) {
    it(`are those in which ${id} is answered: ${why}`, () => {
      assert.deepEqual(secondsOf(id), seconds);
    });
  }

  it("are no time for what was skipped, and in records that tell no times of day", () => {
    assert.deepEqual(secondsOf("none/control-plane/a1", "skip"), [0, 0]);
    const old = { phases: [{ phase: "verdicts", ms: 1000 }] };
    const { start, stop } = timesOf({ id: "none/bgp/tor", status: "pass" }, old, { startedAt });
    assert.deepEqual([start, stop], [zero, zero]);
  });

  it("are those of the measurement for figures; where nothing was measured, of the probes", () => {
    const timed = measuringTimes(scenario, { startedAt });
    assert.deepEqual([timed.start - zero, timed.stop - zero], [6000, 7000]);
    const quick = measuringTimes(phasesOf("capture", "probes"), { startedAt });
    assert.deepEqual([quick.start - zero, quick.stop - zero], [1000, 2000]);
  });
});

import assert from "node:assert/strict";
import type { Cost } from "../measure/cost.ts";
import { costFixture } from "../measure/cost.fixture.ts";
import type { Measurement, RunRecord } from "../run/record.ts";
import type { Verdict } from "../verify/verdict.ts";
import { diffRuns } from "./diff-runs.ts";

function verdict(id: string, status: Verdict["status"]): Verdict {
  return { id, check: "reached", status, expected: "", observed: "", evidence: [] };
}

function converge(samples: readonly number[]): Measurement {
  const [id, what, unit] = ["none/converge/all labs", "converge", "s"] as const;
  return { id, what, unit, samples, median: samples[0] ?? 0, min: 0, max: 1, indicative: false, conditions: {} };
}

function run(change: Partial<RunRecord>): RunRecord {
  const record: Partial<RunRecord> = {
    id: "aaaaa",
    scenarios: [],
    verdicts: [],
    measurements: [],
    costs: [],
    ...change,
  };
  return record as RunRecord;
}

const narrow = (ratio: number) => costFixture({ ratio, interval: [ratio * 0.98, ratio * 1.02], floor: 1.02 });

describe("diffRuns", () => {
  it("tells nothing of runs that differ by noise alone", () => {
    const diff = diffRuns(run({ costs: [narrow(0.9)] }), run({ costs: [narrow(0.91)] }));
    assert.deepEqual([diff.costs, diff.alike, diff.worse], [[], 1, false]);
  });

  it("finds a cost that rose beyond the noise, and calls it worse", () => {
    const rtt = costFixture({ metric: "rtt-p50", better: "lower", ratio: 1.3, interval: [1.28, 1.32], floor: 1.01 });
    const diff = diffRuns(run({ costs: [narrow(0.9), rtt] }), run({ costs: [narrow(0.63), rtt] }));
    assert.deepEqual(
      diff.costs.map(({ id }) => id),
      [narrow(0.9).id],
    );
    assert.ok(Math.abs((diff.costs[0]?.change.ratio ?? 0) - 0.7) < 1e-9);
    assert.deepEqual([diff.alike, diff.worse], [1, true]);
    assert.equal(diffRuns(run({ costs: [narrow(0.63)] }), run({ costs: [narrow(0.9)] })).worse, false);
  });

  it("tells processor time for each Gbit with the throughput that fell, and by itself where none did", () => {
    const cpu = (ratio: number) =>
      costFixture({
        metric: "cpu-sender",
        better: "lower",
        ratio,
        interval: [ratio * 0.98, ratio * 1.02],
        floor: 1.02,
      });
    const follows = (before: RunRecord, after: RunRecord) => diffRuns(before, after).costs.map((one) => one.follows);
    const before = run({ costs: [narrow(0.9), cpu(1)] });
    assert.deepEqual(follows(before, run({ costs: [narrow(0.63), cpu(1.4)] })), [undefined, narrow(0.9).id]);
    assert.deepEqual(follows(before, run({ costs: [narrow(0.9), cpu(1.4)] })), [undefined]);
    assert.deepEqual(follows(before, run({ costs: [narrow(1.3), cpu(1.4)] })), [undefined, undefined]);
  });

  it("compares no processor time of flows that were much faster in one of the runs", () => {
    const pairsOf = (speed: number) => [0, 1, 2, 3, 4, 5].map((lab) => ({ mode: speed, baseline: speed, lab }));
    const cpu = (ratio: number) =>
      costFixture({
        ...{ metric: "cpu-sender", better: "lower", ratio },
        ...{ interval: [ratio * 0.98, ratio * 1.02], floor: 1.02 },
      });
    const runAt = (speed: number, ratio: number) =>
      run({ costs: [{ ...narrow(0.9), pairs: pairsOf(speed) }, cpu(ratio)] });
    const diff = diffRuns(runAt(3.1, 1), runAt(0.38, 1.6));
    assert.deepEqual([diff.costs, diff.alike, diff.incomparable, diff.worse], [[], 1, 1, false]);
    assert.equal(diffRuns(runAt(3.1, 1), runAt(2.2, 1.6)).costs.length, 1);
  });

  it("tells a figure beside two baselines and with more streams once, and by itself what changed by another measure", () => {
    const ofKind = (metric: Cost["metric"], baseline: Cost["baseline"], ratio: number) =>
      costFixture({
        ...{ metric, baseline, ratio },
        ...{ interval: [ratio * 0.98, ratio * 1.02], floor: 1.02 },
      });
    const runOf = (fourTimes: number, bare: number, one: number) =>
      run({
        costs: [
          ofKind("throughput-4", "plain", fourTimes),
          ofKind("throughput", "host", bare),
          ofKind("throughput", "plain", one),
        ],
      });
    const told = (after: RunRecord) =>
      diffRuns(runOf(0.9, 0.8, 0.9), after).costs.map(({ metric, follows }) => [metric, follows?.split("/").slice(-2)]);
    const once = [
      ["throughput", undefined],
      ["throughput", ["throughput", "plain"]],
      ["throughput-4", ["throughput", "plain"]],
    ];
    assert.deepEqual(told(runOf(0.64, 0.56, 0.63)).sort(), once);
    const apart = told(runOf(0.3, 0.56, 0.63)).filter(([, follows]) => follows === undefined);
    assert.deepEqual(apart.map(([metric]) => metric).sort(), ["throughput", "throughput-4"]);
  });

  it("tells verdicts that changed, worse ones first, and failures of what was not asked before", () => {
    const before = run({ verdicts: [verdict("a", "fail"), verdict("b", "pass"), verdict("same", "fail")] });
    const after = run({
      verdicts: [
        verdict("a", "pass"),
        verdict("b", "fail"),
        verdict("same", "fail"),
        verdict("new", "fail"),
        verdict("fine", "pass"),
      ],
    });
    const diff = diffRuns(before, after);
    assert.deepEqual(
      diff.verdicts.map(({ id, before: old, after: now }) => [id, old, now]),
      [
        ["b", "pass", "fail"],
        ["new", undefined, "fail"],
        ["a", "fail", "pass"],
      ],
    );
    assert.equal(diff.worse, true);
    assert.equal(diffRuns(after, before).worse, true);
  });

  it("tells times of convergence only with samples enough to tell them from chance", () => {
    const [fast, slow] = [[1, 2, 3, 4, 5, 6].map((one) => one / 10), [1, 2, 3, 4, 5, 6]];
    assert.equal(
      diffRuns(run({ measurements: [converge(fast)] }), run({ measurements: [converge(slow)] })).convergence.length,
      1,
    );
    const alike = diffRuns(run({ measurements: [converge(fast)] }), run({ measurements: [converge(fast)] }));
    assert.deepEqual([alike.convergence, alike.alike], [[], 1]);
    const busy = costFixture({ pairs: costFixture().pairs.map((pair) => ({ ...pair, busy: true as const })) });
    const loaded = diffRuns(
      run({ measurements: [converge(fast)] }),
      run({ measurements: [converge(slow)], costs: [busy] }),
    );
    assert.deepEqual([loaded.convergence, loaded.incomparable, loaded.worse], [[], 1, false]);
    const few = diffRuns(run({ measurements: [converge([0.1])] }), run({ measurements: [converge([9])] }));
    assert.deepEqual([few.convergence, few.incomparable, few.worse], [[], 1, false]);
  });

  it("compares the largest packets that each path really passed", () => {
    const swept = (most: number): RunRecord => {
      const sizes = [104, most].map((bytes) => ({ bytes, outcome: "passed" as const }));
      const beyond = { bytes: most + 1, outcome: "refused" as const };
      const path = { expectation: { path: { id: "none/a->b" }, podMtu: 1500 }, sizes: [...sizes, beyond] };
      return run({ scenarios: [{ mode: "none", paths: [path] }] as unknown as RunRecord["scenarios"] });
    };
    const change = { id: "none/a->b largest packet", unit: "B", before: 1500, after: 1400 };
    assert.deepEqual(diffRuns(swept(1500), swept(1400)).mtu, [change]);
    assert.deepEqual(diffRuns(swept(1500), swept(1500)).mtu, []);
  });

  it("compares bytes as they are", () => {
    const overhead = (median: number): Measurement => ({
      ...converge([median]),
      id: "none/overhead/vxlan/v4",
      what: "overhead",
      unit: "B",
      median,
    });
    const diff = diffRuns(run({ measurements: [overhead(50)] }), run({ measurements: [overhead(70)] }));
    assert.deepEqual(diff.overhead, [{ id: "none/overhead/vxlan/v4", unit: "B", before: 50, after: 70 }]);
  });
});

import assert from "node:assert/strict";
import { seededRandom } from "../stats/seeded-random.ts";
import { estimateCosts } from "./estimate-costs.ts";
import type { MetricName } from "./metric.ts";
import type { Sample, SideName } from "./sample.ts";

const random = seededRandom(11);

/** Twelve rounds in six labs; each side's value is its level with 1 % of noise. */
function samplesOf(
  metric: MetricName,
  levels: Partial<Record<SideName, number>>,
  change: Partial<Sample> = {},
): Sample[] {
  return Array.from({ length: 12 }, (_, index) =>
    Object.entries(levels).map(([side, level]): Sample => ({
      locality: "cross-subnet",
      family: 4,
      form: "vxlan",
      exercise: "tcp",
      side: side as SideName,
      lab: Math.floor(index / 2),
      round: index % 2,
      startedAt: "2026-01-01T00:00:00.000Z",
      reading: { values: { [metric]: level * (0.99 + 0.02 * random()) } },
      use: { busySeconds: 1, busy: 0.5, stolen: 0, load: 1 },
      foreign: 0,
      ...change,
    })),
  ).flat();
}

const estimate = (samples: readonly Sample[]) => estimateCosts("vxlan-cross-subnet", samples, () => undefined);

describe("estimateCosts", () => {
  it("finds a cost with its interval, floor and the smallest effect in sight", () => {
    const [cost, ...others] = estimate(samplesOf("throughput", { mode: 9, again: 9, plain: 10 }));
    assert.deepEqual(others, []);
    assert.equal(cost?.id, "vxlan-cross-subnet/cost/cross-subnet/v4/throughput/plain");
    assert.equal(cost.finding, "cost");
    assert.ok(Math.abs(cost.ratio - 0.9) < 0.01, String(cost.ratio));
    assert.ok(cost.interval !== undefined && cost.interval[0] < 0.9 && 0.9 < cost.interval[1]);
    assert.ok(cost.floor !== undefined && cost.floor > 1 && cost.floor < 1.02, String(cost.floor));
    assert.ok(cost.visible !== undefined && cost.visible > cost.floor && cost.visible < 1.05);
    assert.deepEqual([cost.pairs.length, cost.labs], [12, 6]);
  });

  it("calls more time a cost and less time a gain", () => {
    assert.equal(estimate(samplesOf("rtt-p50", { mode: 27, again: 27, plain: 20 }))[0]?.finding, "cost");
    assert.equal(estimate(samplesOf("rtt-p50", { mode: 20, again: 20, plain: 27 }))[0]?.finding, "gain");
    assert.equal(estimate(samplesOf("throughput", { mode: 11, again: 11, plain: 10 }))[0]?.finding, "gain");
  });

  it("says none where the mode is compared with itself, and against the nodes what it costs", () => {
    const costs = estimate(samplesOf("throughput", { mode: 9, again: 9, self: 9, host: 12 }));
    assert.deepEqual(
      costs.map(({ baseline, finding }) => [baseline, finding]),
      [
        ["self", "none"],
        ["host", "cost"],
      ],
    );
  });

  it("is indicative without an A/A comparison or with too few pairs", () => {
    assert.equal(estimate(samplesOf("throughput", { mode: 9, plain: 10 }))[0]?.finding, "indicative");
    const few = samplesOf("throughput", { mode: 9, again: 9, plain: 10 }).filter(({ lab }) => lab === 0);
    const [cost] = estimate(few);
    assert.deepEqual([cost?.finding, cost?.interval, cost?.pairs.length], ["indicative", undefined, 2]);
  });

  it("leaves out pairs of which one sample failed, and marks those of a busy machine", () => {
    const samples = samplesOf("throughput", { mode: 9, plain: 10 }).map((sample, index): Sample => {
      if (index === 3) return { ...sample, reading: { values: {}, failure: "refused" } };
      return index < 2 ? { ...sample, foreign: 0.5 } : sample;
    });
    const [cost] = estimate(samples);
    assert.equal(cost?.pairs.length, 11);
    assert.equal(cost.pairs.filter(({ busy }) => busy === true).length, 1);
  });

  it("makes no ratio of losses", () => {
    assert.deepEqual(estimate(samplesOf("loss", { mode: 1, again: 1, plain: 1 })), []);
  });
});

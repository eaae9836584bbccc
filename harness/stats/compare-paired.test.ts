import assert from "node:assert/strict";
import { comparePaired, isDifferent, noiseFloor } from "./compare-paired.ts";
import { seededRandom } from "./seeded-random.ts";

/** A machine that slows down to half its speed during the measurement, with 1 % of noise per sample. */
function drifting(factor: number, seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: 20 }, (_, index) => factor * (20 - index / 2) * (0.99 + 0.02 * random()));
}

describe("comparePaired", () => {
  it("finds a ratio in spite of a drift that both series share", () => {
    const { pairs, ratio, interval } = comparePaired(drifting(0.9, 1), drifting(1, 2));
    assert.equal(pairs, 20);
    assert.ok(Math.abs(ratio - 0.9) < 0.01, String(ratio));
    assert.ok(interval[0] <= ratio && ratio <= interval[1]);
    assert.ok(interval[1] - interval[0] < 0.02, String(interval));
  });

  it("is exact where there is no noise", () => {
    assert.deepEqual(comparePaired([1, 2, 3], [2, 4, 6]), { pairs: 3, ratio: 0.5, interval: [0.5, 0.5] });
  });

  it("refuses series that make no pairs or no ratios", () => {
    assert.throws(() => comparePaired([1, 2], [1]), RangeError);
    assert.throws(() => comparePaired([], []), RangeError);
    assert.throws(() => comparePaired([0], [1]), RangeError);
    assert.throws(() => comparePaired([1], [0]), RangeError);
    assert.throws(() => comparePaired([NaN], [1]), RangeError);
  });

  it("shows a difference only beyond the noise floor", () => {
    const floor = noiseFloor(drifting(1, 3), drifting(1, 4));
    assert.ok(floor > 0 && floor < 0.02, String(floor));
    assert.ok(isDifferent(comparePaired(drifting(0.9, 1), drifting(1, 2)), floor));
    assert.ok(isDifferent(comparePaired(drifting(1.1, 1), drifting(1, 2)), floor));
    assert.ok(!isDifferent(comparePaired(drifting(1, 5), drifting(1, 6)), floor));
    assert.ok(!isDifferent({ pairs: 20, ratio: 1.004, interval: [1.002, 1.006] }, 0.01));
    assert.ok(!isDifferent({ pairs: 20, ratio: 1.05, interval: [0.98, 1.1] }, 0.01));
  });

  it("takes the worse side of an A/A comparison for the noise floor", () => {
    assert.equal(noiseFloor([2, 2], [1, 1]), 1);
    assert.equal(noiseFloor([1, 1], [2, 2]), 0.5);
  });
});

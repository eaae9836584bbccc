import assert from "node:assert/strict";
import { comparePairs, type Pair } from "./compare-pairs.ts";
import { seededRandom } from "./seeded-random.ts";

/** A machine that slows down to half its speed during the measurement, with 1 % of noise per sample; two pairs per lab. */
function drifting(factor: number, seed: number): readonly Pair[] {
  const random = seededRandom(seed);
  const sample = (index: number): number => (20 - index / 2) * (0.99 + 0.02 * random());
  return Array.from({ length: 20 }, (_, index) => ({
    a: factor * sample(index),
    b: sample(index),
    lab: Math.floor(index / 2),
  }));
}

describe("comparePairs", () => {
  it("finds a ratio in spite of a drift that both sides share", () => {
    const { pairs, labs, ratio, interval, p } = comparePairs(drifting(0.9, 1));
    assert.deepEqual([pairs, labs], [20, 10]);
    assert.ok(Math.abs(ratio - 0.9) < 0.01, String(ratio));
    assert.ok(interval !== undefined && interval[0] <= 0.9 && 0.9 <= interval[1], String(interval));
    assert.ok(interval[1] - interval[0] < 0.02, String(interval));
    assert.ok(p < 1e-5, String(p));
  });

  it("is exact where there is no noise", () => {
    const pairs = [1, 2, 3, 4, 5, 6].map((b, lab) => ({ a: b / 2, b, lab }));
    const { ratio, interval, median, range } = comparePairs(pairs);
    for (const figure of [ratio, median, ...(interval ?? [NaN]), ...range]) assert.ok(Math.abs(figure - 0.5) < 1e-12);
  });

  it("tells the pairs' own ratios: the middle one, the smallest and the largest", () => {
    const { median, range } = comparePairs([1, 4, 2].map((a, lab) => ({ a, b: 1, lab })));
    for (const [figure, expected] of [
      [median, 2],
      [range[0], 1],
      [range[1], 4],
    ] as const)
      assert.ok(Math.abs(figure - expected) < 1e-12, `${figure} ${expected}`);
  });

  it("makes the interval as wide as the labs differ, however alike the pairs of one lab are", () => {
    const labs = [0.8, 1, 1.2].flatMap((ratio, lab) => Array.from({ length: 20 }, () => ({ a: ratio, b: 1, lab })));
    const [low = NaN, high = NaN] = comparePairs(labs).interval ?? [];
    // Student's interval of three means: center ± 4.303 s / √3, in logarithms.
    assert.ok(Math.abs(low - 0.596) < 0.001 && Math.abs(high - 1.633) < 0.001, `${low} ${high}`);
  });

  it("gives no interval where pairs or labs are too few for one", () => {
    const pairs = (count: number, labs: number): readonly Pair[] =>
      Array.from({ length: count }, (_, index) => ({ a: 1 + index / 100, b: 1, lab: index % labs }));
    assert.equal(comparePairs(pairs(5, 5)).interval, undefined);
    assert.equal(comparePairs(pairs(12, 1)).interval, undefined);
    assert.notEqual(comparePairs(pairs(6, 2)).interval, undefined);
  });

  it("refuses what makes no ratios", () => {
    const refused = (message: RegExp, ...pairs: readonly (readonly [number, number])[]): void => {
      assert.throws(
        () => comparePairs(pairs.map(([a, b], lab) => ({ a, b, lab }))),
        (error) => error instanceof RangeError && message.test(error.message),
      );
    };
    refused(/^no samples$/);
    for (const bad of [
      [0, 1],
      [1, 0],
      [-1, 1],
      [1, -1],
      [-1, -1],
      [0, 0],
    ] as const) {
      refused(/^ratios need positive samples$/, bad);
      refused(/^ratios need positive samples$/, [2, 1], bad);
    }
    refused(/not a finite sample: NaN/, [NaN, 1]);
    refused(/not a finite sample: Infinity/, [Infinity, Infinity]);
  });
});

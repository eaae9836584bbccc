import assert from "node:assert/strict";
import { hodgesLehmann } from "./hodges-lehmann.ts";
import { criticalRankSum, signedRank } from "./signed-rank.ts";

/**
 * Hamilton's depression scale factor IV of nine patients before and after a tranquilizer: Hollander, Wolfe and Chicken, Nonparametric
 * Statistical Methods, examples 3.1, 3.3 and 3.4; the example of R's `wilcox.test` too.
 */
const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
const relief = after.map((score, index) => score - (before[index] ?? 0));

/** Darwin's maize, crossed minus self-fertilized plants in eighths of an inch: Fisher, The Design of Experiments, 17. */
const maize = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];

const near = (value: number | undefined, expected: number, by = 0.0005): boolean =>
  Math.abs((value ?? NaN) - expected) < by;

describe("signedRank", () => {
  it("agrees with published examples", () => {
    const depression = signedRank(relief);
    assert.equal(depression.positive, 5);
    assert.ok(near(depression.p, 2 * 0.01953), String(depression.p));
    const darwin = signedRank(maize);
    assert.equal(darwin.positive, 96);
    assert.ok(near(darwin.p, 0.04126), String(darwin.p));
  });

  it("shares ranks among equal sizes, and leaves zeros out", () => {
    // Ranks 1.5, 1.5, 3 with one minus at 1.5: of 8 tosses, 0 (one way) and 1.5 (two ways) are as rare: 2 × 3/8.
    assert.deepEqual(signedRank([1, -1, 2, 0]), { count: 3, positive: 4.5, p: 0.75 });
    assert.deepEqual(signedRank([0, 0]), { count: 0, positive: 0, p: 1 });
  });
});

describe("criticalRankSum", () => {
  it("agrees with the tables of Wilcoxon and Wilcox (1964)", () => {
    const table = { 5: -1, 6: 0, 7: 2, 8: 3, 9: 5, 10: 8, 11: 10, 12: 13, 15: 25, 20: 52, 25: 89, 30: 137, 50: 434 };
    for (const [count, sum] of Object.entries(table)) assert.equal(criticalRankSum(Number(count), 0.025), sum, count);
    // "No more than" holds to the last bit: all six on one side comes once in 64 cases.
    assert.equal(criticalRankSum(6, 1 / 64), 0);
    const strict = { 7: -1, 8: 0, 10: 3, 12: 7, 20: 37, 30: 109 };
    for (const [count, sum] of Object.entries(strict)) assert.equal(criticalRankSum(Number(count), 0.005), sum, count);
  });
});

describe("hodgesLehmann", () => {
  it("agrees with the published example", () => {
    const { estimate, interval } = hodgesLehmann(relief, 0.96);
    assert.ok(near(estimate, -0.46));
    assert.ok(near(interval?.[0], -0.786) && near(interval?.[1], -0.01), String(interval));
  });

  it("leaves out zero exactly where the test rejects", () => {
    const shifted = maize.map((difference) => difference - (hodgesLehmann(maize).interval?.[0] ?? NaN));
    assert.ok(signedRank(shifted.map((difference) => difference - 0.01)).p > 0.05);
    assert.ok(signedRank(shifted.map((difference) => difference + 0.01)).p <= 0.05);
  });

  it("gives no interval to five differences, and the whole range to six", () => {
    assert.deepEqual(hodgesLehmann([1, 2, 3, 4, 5]), { estimate: 3 });
    assert.deepEqual(hodgesLehmann([1, 2, 3, 4, 5, 6]).interval, [1, 6]);
  });

  it("is not moved far by one wild difference", () => {
    assert.ok(hodgesLehmann([...maize, 100_000]).estimate < 30);
  });

  it("refuses to estimate nothing", () => {
    assert.throws(() => hodgesLehmann([]), RangeError);
  });
});

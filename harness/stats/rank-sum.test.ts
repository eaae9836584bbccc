import assert from "node:assert/strict";
import { rankSumP } from "./rank-sum.ts";

describe("rankSumP", () => {
  it("agrees with a published example", () => {
    // Permeability of the chorioamnion, Hollander, Wolfe and Chicken, table 4.1: W = 35 of 10 and 5 samples, one-sided p 0.1272.
    const term = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const early = [1.15, 0.88, 0.9, 0.74, 1.21];
    assert.ok(Math.abs(rankSumP(term, early) - 2 * 0.1272) < 0.0005, String(rankSumP(term, early)));
  });

  it("counts half a win for equal values, and takes the rarer whole number of wins", () => {
    // 1.5 of 4 contests won: as rare as 2 or fewer of them, which 1 + 1 + 2 of 6 orders are; twice that is certain.
    assert.equal(rankSumP([1, 3], [3, 4]), 2 / 3);
    assert.equal(rankSumP([1, 2], [3, 4, 5]), 2 / 10);
    assert.equal(rankSumP([3, 4, 5], [1, 2]), 2 / 10);
  });

  it("is 2 in 924 where six samples all exceed six others, and 1 where series are equal", () => {
    assert.ok(Math.abs(rankSumP([7, 8, 9, 10, 11, 12], [1, 2, 3, 4, 5, 6]) - 2 / 924) < 1e-12);
    assert.equal(rankSumP([1, 2, 3], [1, 2, 3]), 1);
    assert.equal(rankSumP([3, 5], [5, 3]), 1);
    assert.deepEqual([rankSumP([1], []), rankSumP([], [1, 2]), rankSumP([], [])], [1, 1, 1]);
  });
});

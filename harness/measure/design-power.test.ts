import assert from "node:assert/strict";
import { comparePairs } from "../stats/compare-pairs.ts";
import { findDifferences, type Claim } from "../stats/find-differences.ts";
import { noiseFloor } from "../stats/noise-floor.ts";
import { smallestVisible } from "../stats/smallest-visible.ts";
import { fullDesign } from "./profiles.ts";
import { noiseShapes, simulateRun, type Truth } from "./simulated-run.fixture.ts";

/** Simulated runs for each shape of noise. */
const runs = 2000;

function claimOf(shape: string, seed: number, truth: Truth): Claim {
  const { pairs, same } = simulateRun(shape, { ...fullDesign, seed }, truth);
  const floor = noiseFloor(comparePairs(same));
  return { comparison: comparePairs(pairs), ...(floor === undefined ? {} : { floor }) };
}

/** Percent of the runs for which something holds. */
function share(count: number, holds: (seed: number) => boolean): number {
  return (100 * Array.from({ length: count }, (_, index) => holds(97 * index)).filter(Boolean).length) / count;
}

describe("the design of a full measurement, simulated", () => {
  for (const shape of Object.keys(noiseShapes)) {
    it(`covers the true ratio in at least 93 % of runs, and claims a false difference in at most 5 %: ${shape} noise`, () => {
      let covered = 0;
      let falsely = 0;
      for (let seed = 0; seed < runs; seed += 1) {
        const claim = claimOf(shape, seed, { effect: 0, luck: 0 });
        const [low, high] = claim.comparison.interval ?? [NaN, NaN];
        if (low <= 1 && 1 <= high) covered += 100 / runs;
        if (findDifferences([claim]).some(Boolean)) falsely += 100 / runs;
      }
      assert.ok(covered >= 93 && covered < 99.9, `covered in ${covered} %`);
      assert.ok(falsely <= 5, `false differences in ${falsely} %`);
    });

    it(`finds the smallest visible effect in at least 65 % of runs: ${shape} noise`, () => {
      const found = share(200, (seed) => {
        const visible = smallestVisible(claimOf(shape, seed, { effect: 0, luck: 0 })) ?? NaN;
        const [first] = findDifferences([claimOf(shape, seed + 1, { effect: -Math.log(visible), luck: 0 })]);
        return first === true;
      });
      assert.ok(found >= 65, `found in ${found} %`);
    });
  }

  it("covers the true ratio also where every lab has luck of its own", () => {
    for (const shape of ["normal", "drift"]) {
      const covered = share(500, (seed) => {
        const [low = NaN, high = NaN] = claimOf(shape, seed, { effect: 0, luck: 0.05 }).comparison.interval ?? [];
        return low <= 1 && 1 <= high;
      });
      assert.ok(covered >= 93, `${shape}: covered in ${covered} %`);
    }
  });

  it("shows a false difference in at most 5 % of whole families of ten comparisons", () => {
    const falsely = share(200, (seed) => {
      const family = Array.from({ length: 10 }, (_, one) =>
        claimOf("normal", 31 * seed + one, { effect: 0, luck: 0.02 }),
      );
      return findDifferences(family).some(Boolean);
    });
    assert.ok(falsely <= 5, `${falsely} % of families`);
  });
});

import assert from "node:assert/strict";
import type { Comparison } from "./compare-pairs.ts";
import { findDifferences } from "./find-differences.ts";
import { noiseFloor } from "./noise-floor.ts";
import { smallestVisible } from "./smallest-visible.ts";

function comparison(interval: readonly [number, number], p: number): Comparison {
  const ratio = Math.sqrt(interval[0] * interval[1]);
  return { pairs: 12, labs: 6, ratio, interval, p, median: ratio, range: interval };
}

/** A comparison of too few pairs for an interval. */
const few: Comparison = { pairs: 5, labs: 5, ratio: 0.85, p: 0.0005, median: 0.85, range: [0.8, 0.9] };

describe("findDifferences", () => {
  const clear = { comparison: comparison([0.8, 0.9], 0.0005), floor: 1.05 };

  it("finds what test, interval and floor agree on, in either direction", () => {
    assert.deepEqual(findDifferences([clear]), [true]);
    assert.deepEqual(findDifferences([{ comparison: comparison([1.1, 1.3], 0.0005), floor: 1.05 }]), [true]);
  });

  it("claims nothing within the floor, without a floor, or with 1 in the interval", () => {
    assert.deepEqual(findDifferences([{ ...clear, floor: 1.2 }]), [false]);
    assert.deepEqual(findDifferences([{ comparison: clear.comparison }]), [false]);
    assert.deepEqual(findDifferences([{ comparison: comparison([0.8, 1.01], 0.0005), floor: 1.05 }]), [false]);
    assert.deepEqual(findDifferences([{ comparison: comparison([0.8, 1], 0.0005), floor: 1.05 }]), [false]);
    assert.deepEqual(findDifferences([{ comparison: comparison([1, 1.3], 0.0005), floor: 1.05 }]), [false]);
    const half = { ...comparison([0.4, 0.6], 0.0005), ratio: 0.5 };
    assert.deepEqual(findDifferences([{ comparison: half, floor: 2 }]), [false]);
    assert.deepEqual(findDifferences([{ comparison: few, floor: 1.05 }]), [false]);
  });

  it("asks more of each member the more there are (Holm 1979)", () => {
    const weak = { comparison: comparison([0.8, 0.9], 0.02), floor: 1.05 };
    assert.deepEqual(findDifferences([weak]), [true]);
    assert.deepEqual(findDifferences([weak, weak, weak]), [false, false, false]);
    assert.deepEqual(findDifferences([{ ...weak, comparison: { ...weak.comparison, p: 0.05 } }]), [true]);
    // The clear ones go first, and leave less to be shared.
    assert.deepEqual(findDifferences([weak, clear, clear]), [true, true, true]);
  });
});

describe("noiseFloor", () => {
  it("is the farther end of the A/A interval, as a ratio of at least 1", () => {
    assert.equal(noiseFloor(comparison([0.8, 1.1], 1)), 1.25);
    assert.equal(noiseFloor(comparison([0.95, 1.1], 1)), 1.1);
    assert.equal(noiseFloor(few), undefined);
  });
});

describe("smallestVisible", () => {
  it("lies beyond the floor and beyond the interval's half", () => {
    const narrow = smallestVisible({ comparison: comparison([0.99, 1.01], 1), floor: 1.1 }) ?? 0;
    const wide = smallestVisible({ comparison: comparison([0.8, 1.25], 1), floor: 1.1 }) ?? 0;
    assert.ok(narrow > 1.1 && narrow < 1.12, String(narrow));
    assert.ok(wide > 1.25 && wide < 1.6, String(wide));
    assert.equal(smallestVisible({ comparison: comparison([0.8, 1.25], 1) }), undefined);
    assert.equal(smallestVisible({ comparison: few, floor: 1.1 }), undefined);
  });
});

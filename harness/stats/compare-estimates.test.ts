import assert from "node:assert/strict";
import { compareEstimates } from "./compare-estimates.ts";

const near = (value: number, expected: number): boolean => Math.abs(value - expected) < 0.001;

describe("compareEstimates", () => {
  it("adds up what both do not know (Pythagoras in logarithms)", () => {
    const before = { ratio: 1, interval: [Math.exp(-0.03), Math.exp(0.03)], floor: Math.exp(0.03) } as const;
    const after = {
      ratio: 0.7,
      interval: [0.7 * Math.exp(-0.04), 0.7 * Math.exp(0.04)],
      floor: Math.exp(0.04),
    } as const;
    const { ratio, interval, floor, p } = compareEstimates(before, after);
    assert.ok(near(ratio, 0.7) && near(interval[0], 0.7 * Math.exp(-0.05)) && near(interval[1], 0.7 * Math.exp(0.05)));
    assert.ok(near(floor, Math.exp(0.05)));
    assert.ok(p < 0.001, String(p));
  });

  it("has a chance of 5 % where the interval just touches 1, and of 32 % at one standard deviation", () => {
    const exact = { ratio: 1, interval: [1, 1], floor: 1 } as const;
    const off = (center: number) =>
      ({ ratio: Math.exp(center), interval: [Math.exp(center - 0.196), Math.exp(center + 0.196)], floor: 1 }) as const;
    assert.ok(near(compareEstimates(exact, off(0.196)).p, 0.05));
    assert.ok(near(compareEstimates(exact, off(-0.1)).p, 0.3173));
  });

  it("keeps uneven intervals uneven: each end meets the other's opposite end", () => {
    const even = { ratio: 1, interval: [1, 1], floor: 1 } as const;
    const uneven = { ratio: 1, interval: [Math.exp(-0.1), Math.exp(0.02)], floor: 1 } as const;
    const { interval } = compareEstimates(uneven, even);
    assert.ok(near(interval[0], Math.exp(-0.02)) && near(interval[1], Math.exp(0.1)), String(interval));
  });

  it("sees nothing between equal estimates", () => {
    const one = { ratio: 0.9, interval: [0.85, 0.95], floor: 1.02 } as const;
    const { ratio, p } = compareEstimates(one, one);
    assert.ok(near(ratio, 1) && p > 0.95);
    const exact = { ratio: 0.9, interval: [0.9, 0.9], floor: 1 } as const;
    assert.equal(compareEstimates(exact, exact).p, 1);
  });
});

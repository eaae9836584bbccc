import assert from "node:assert/strict";
import { summarize } from "./summarize.ts";

describe("summarize", () => {
  it("gives count, median, range, mean, deviation and quartiles, whatever the order", () => {
    const expected = { count: 5, median: 3, min: 1, max: 10, mean: 4, stdev: Math.sqrt(12.5), quartiles: [2, 4] };
    assert.deepEqual(summarize([10, 1, 4, 2, 3]), expected);
    assert.deepEqual(summarize([1, 2, 3, 4, 10]), expected);
  });

  it("halves the middle of an even number of samples", () => {
    assert.equal(summarize([4, 1, 3, 2]).median, 2.5);
    assert.deepEqual(summarize([1, 3]).stdev, Math.SQRT2);
  });

  it("does not change its input", () => {
    const samples = [3, 1, 2];
    summarize(samples);
    assert.deepEqual(samples, [3, 1, 2]);
  });

  it("takes a single sample for what it is", () => {
    const single = { count: 1, median: 7, min: 7, max: 7, mean: 7, stdev: 0, quartiles: [7, 7] };
    assert.deepEqual(summarize([7]), single);
  });

  it("refuses to sum up nothing, or what is not a number", () => {
    assert.throws(() => summarize([]), { name: "RangeError", message: "no samples" });
    assert.throws(() => summarize([1, NaN]), { name: "RangeError", message: "not a finite sample: NaN" });
    assert.throws(() => summarize([1, Infinity]), { name: "RangeError", message: "not a finite sample: Infinity" });
  });
});

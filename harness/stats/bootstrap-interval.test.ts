import assert from "node:assert/strict";
import { mean, median } from "simple-statistics";
import { bootstrapInterval } from "./bootstrap-interval.ts";
import { seededRandom } from "./seeded-random.ts";

/** Normally distributed numbers (Box and Muller). */
function normal(random: () => number, center: number, deviation: number): number {
  return center + deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

describe("bootstrapInterval", () => {
  it("gives the same interval for the same samples", () => {
    const samples = [9, 11, 10, 12, 8, 10, 11, 9, 10, 13];
    assert.deepEqual(bootstrapInterval(samples, median), bootstrapInterval([...samples], median));
  });

  it("shrinks to a point where all samples are equal", () => {
    assert.deepEqual(bootstrapInterval([5, 5, 5, 5], mean), [5, 5]);
  });

  it("holds the true mean in about 95 of 100 series", () => {
    const random = seededRandom(42);
    const series = Array.from({ length: 200 }, () => Array.from({ length: 20 }, () => normal(random, 100, 5)));
    const hits = series.filter((samples) => {
      const [low, high] = bootstrapInterval(samples, mean);
      return low <= 100 && 100 <= high;
    }).length;
    // The percentile interval of 20 samples covers a little less than 95 %: about 93 %.
    assert.ok(hits >= 176 && hits <= 198, `${hits} of 200`);
  });

  it("refuses to make an interval of nothing", () => {
    assert.throws(() => bootstrapInterval([], mean), RangeError);
  });
});

import assert from "node:assert/strict";
import { seededRandom } from "./seeded-random.ts";

describe("seededRandom", () => {
  it("is mulberry32: stored seeds give the intervals that were reported", () => {
    const random = seededRandom(1);
    assert.deepEqual([random(), random()], [0.6270739405881613, 0.002735721180215478]);
  });
});

import assert from "node:assert/strict";
import { spreadAmong } from "./spread-among.ts";

describe("spreadAmong", () => {
  const mixed = (some: number, others: number): string =>
    spreadAmong(
      Array.from({ length: some }, () => "-"),
      Array.from({ length: others }, () => "x"),
    ).join("");

  it("leaves as many others between two as can be", () => {
    assert.equal(mixed(2, 6), "-xxx-xxx");
    assert.equal(mixed(3, 7), "-xx-xx-xxx");
    assert.equal(mixed(1, 3), "-xxx");
  });

  it("puts several together where they are more, and loses none", () => {
    assert.equal(mixed(4, 2), "--x--x");
    assert.equal(mixed(0, 3), "xxx");
    assert.equal(mixed(3, 0), "---");
    for (let some = 0; some < 9; some += 1)
      for (let others = 0; others < 9; others += 1) assert.equal(mixed(some, others).length, some + others);
  });

  it("keeps the order of both", () => {
    assert.deepEqual(spreadAmong([1, 2], [10, 20, 30]), [1, 10, 2, 20, 30]);
  });
});

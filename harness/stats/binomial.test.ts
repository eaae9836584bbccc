import assert from "node:assert/strict";
import { atLeast, atMost } from "./binomial.ts";

const near = (actual: number, expected: number): void => {
  assert.ok(Math.abs(actual - expected) < 1e-12 + Math.abs(expected) * 1e-9, `${actual} is not ${expected}`);
};

describe("binomial probabilities", () => {
  it("are those of a fair coin", () => {
    near(atMost(0, 20, 1 / 2), 2 ** -20);
    near(atLeast(20, 20, 1 / 2), 2 ** -20);
    near(atMost(1, 3, 1 / 2), 4 / 8);
    near(atLeast(2, 3, 1 / 2), 4 / 8);
  });

  it("are those of one in three", () => {
    near(atMost(0, 35, 1 / 3), (2 / 3) ** 35);
    near(atMost(1, 2, 1 / 3), 8 / 9);
    near(atLeast(1, 2, 1 / 3), 5 / 9);
    near(atLeast(0, 5, 1 / 3), 1);
    near(atMost(5, 5, 1 / 3), 1);
  });
});

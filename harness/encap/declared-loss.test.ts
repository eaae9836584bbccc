import assert from "node:assert/strict";
import { mostLost, packetsFor, packetsForOne, roundTripLoss } from "./declared-loss.ts";

describe("declared loss", () => {
  it("allows nothing where none is declared", () => {
    assert.deepEqual([mostLost(1000, 0), packetsFor(5, 0), packetsForOne(1, 0)], [0, 5, 1]);
  });

  it("allows what chance may take once in a million runs, and no more", () => {
    // P(X > k) for n = 10, p = 0.01: k = 3 gives 2.0e-6, k = 4 gives 2.4e-8.
    assert.equal(mostLost(10, 0.01), 4);
    assert.equal(mostLost(1, 0.01), 1);
    // n = 1000, p = 0.01: mean 10, standard deviation 3.1; five of them and the skew.
    assert.ok(mostLost(1000, 0.01) > 25 && mostLost(1000, 0.01) < 31, String(mostLost(1000, 0.01)));
  });

  it("allows all where all may be lost, and sends no more than asked where half may be", () => {
    assert.deepEqual([mostLost(4, 0.999), mostLost(2, 0.01)], [4, 2]);
    // P(X > 4) for n = 10, p = 0.02: 7.4e-7; P(X > 3): 3.1e-5.
    assert.deepEqual([mostLost(10, 0.02), packetsFor(10, 0.02)], [4, 10]);
    // P(X > 3) for n = 5 to 7, p = 0.01: 5.0e-8, 1.5e-7, 3.4e-7; P(X > 2): 9.9e-6 and more. Three of five are more than half.
    assert.deepEqual(
      [5, 6, 7].map((packets) => [mostLost(packets, 0.01), packetsFor(packets, 0.01)]),
      [
        [3, 6],
        [3, 6],
        [3, 7],
      ],
    );
    assert.equal(packetsForOne(1, 0.5), 20);
  });

  it("sends more, so that bad luck hides at most half", () => {
    for (const loss of [0.001, 0.01, 0.05, 0.0975]) {
      const packets = packetsFor(3, loss);
      assert.ok(mostLost(packets, loss) * 2 <= packets, `${loss}: ${packets}`);
      assert.ok(packets <= 30, `${loss}: ${packets}`);
    }
    assert.equal(packetsForOne(1, 0.01), 3);
  });

  it("counts the loss of either direction", () => {
    assert.equal(roundTripLoss(0.5, 0.5), 0.75);
  });
});

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

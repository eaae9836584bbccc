import assert from "node:assert/strict";
import { drawRounds } from "./design.ts";

describe("drawRounds", () => {
  const sides = ["mode", "again", "plain", "host"];

  it("samples every side once a round, and every second round backwards", () => {
    const rounds = drawRounds(sides, { labs: 3, roundsPerLab: 4, seed: 7 }, 0);
    assert.equal(rounds.length, 4);
    for (const round of rounds) assert.deepEqual(round.toSorted(), sides.toSorted());
    assert.deepEqual(rounds[1], rounds[0]?.toReversed());
    assert.deepEqual(rounds[3], rounds[2]?.toReversed());
  });

  it("gives the same orders for the same seed, and others for another lab", () => {
    const design = { labs: 3, roundsPerLab: 8, seed: 7 };
    assert.deepEqual(drawRounds(sides, design, 1), drawRounds(sides, design, 1));
    assert.notDeepEqual(drawRounds(sides, design, 1), drawRounds(sides, design, 2));
  });

  it("prefers no order: each side comes first about equally often", () => {
    const firsts = Array.from(
      { length: 1000 },
      (_, lab) => drawRounds(sides, { labs: 1, roundsPerLab: 1, seed: 1 }, lab)[0]?.[0],
    );
    for (const side of sides) {
      const count = firsts.filter((first) => first === side).length;
      assert.ok(count > 200 && count < 300, `${side} ${count}`);
    }
  });
});

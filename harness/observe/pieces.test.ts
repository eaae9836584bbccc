import assert from "node:assert/strict";
import { alignPieces, countStretches, mostOf } from "./pieces.ts";

const text = (pieces: readonly { from: number; to: number; times: number }[]) =>
  pieces.map(({ from, to, times }) => `${from}-${to}×${times}`).join(" ");

describe("countStretches", () => {
  const cases: readonly (readonly [string, readonly (readonly [number, number])[], string])[] = [
    ["nothing", [], ""],
    ["an empty stretch", [[5, 5]], ""],
    [
      "neighbors, in any order",
      [
        [10, 20],
        [0, 10],
      ],
      "0-20×1",
    ],
    [
      "a gap",
      [
        [0, 10],
        [20, 30],
      ],
      "0-10×1 20-30×1",
    ],
    [
      "what was sent again",
      [
        [0, 30],
        [10, 20],
      ],
      "0-10×1 10-20×2 20-30×1",
    ],
    [
      "the same twice",
      [
        [0, 10],
        [0, 10],
      ],
      "0-10×2",
    ],
    [
      "a super-segment and its parts",
      [
        [0, 30],
        [0, 10],
        [10, 20],
        [20, 30],
      ],
      "0-30×2",
    ],
    ["before the first", [[-1, 3]], "-1-3×1"],
  ];
  for (const [name, stretches, expected] of cases) {
    it(`counts ${name}`, () => {
      assert.equal(text(countStretches(stretches.map(([from, to]) => ({ from, to })))), expected);
    });
  }
});

describe("alignPieces", () => {
  it("puts side by side what several saw, cut where counts change", () => {
    const rows = alignPieces([
      countStretches([{ from: 0, to: 30 }]),
      countStretches([
        { from: 0, to: 10 },
        { from: 20, to: 30 },
        { from: 25, to: 30 },
      ]),
      [],
    ]);
    assert.deepEqual(rows, [
      { from: 0, to: 10, times: [1, 1, 0] },
      { from: 10, to: 20, times: [1, 0, 0] },
      { from: 20, to: 25, times: [1, 1, 0] },
      { from: 25, to: 30, times: [1, 2, 0] },
    ]);
    assert.deepEqual(alignPieces([[], []]), []);
  });

  it("adds up to what countStretches counts, whatever the stretches", () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const number = generator(seed);
      const stretches = Array.from({ length: 12 }, () => {
        const from = number(40);
        return { from, to: from + number(10) };
      });
      const counted = countStretches(stretches);
      for (let position = 0; position < 60; position += 1) {
        const direct = stretches.filter(({ from, to }) => from <= position && position < to).length;
        const piece = counted.find(({ from, to }) => from <= position && position < to);
        assert.equal(piece?.times ?? 0, direct, `seed ${seed}, position ${position}`);
      }
    }
  });
});

describe("mostOf", () => {
  it("takes the larger count at each position", () => {
    const once = countStretches([{ from: 0, to: 20 }]);
    const again = countStretches([
      { from: 10, to: 30 },
      { from: 10, to: 20 },
    ]);
    assert.equal(text(mostOf(once, again)), "0-10×1 10-20×2 20-30×1");
    assert.equal(text(mostOf([], once)), text(once));
    assert.equal(text(mostOf(once, [])), text(once));
  });
});

/** Numbers that look random and are the same in each run (Lehmer, modulus 2^31-1). */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

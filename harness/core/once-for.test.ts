import assert from "node:assert/strict";
import { byNameOnce, onceFor } from "./once-for.ts";

describe("what is computed once for a value", () => {
  it("is computed once for each value, also where nothing comes of it", () => {
    let computed = 0;
    const sizeOf = onceFor((list: readonly number[]) => {
      computed += 1;
      return list.length === 0 ? undefined : list.length;
    });
    const [empty, two]: readonly (readonly number[])[] = [[], [1, 2]];
    assert.deepEqual(
      [empty, two, empty, two].map((list) => sizeOf(list ?? [])),
      [undefined, 2, undefined, 2],
    );
    assert.equal(computed, 2);
    assert.equal(sizeOf([1, 2]), 2);
    assert.equal(computed, 3, "an equal value is another one");
  });

  it("finds by name what a search from the start finds", () => {
    const items = [
      { name: "a", place: 0 },
      { name: "b", place: 1 },
      { name: "a", place: 2 },
    ];
    const byName = byNameOnce<(typeof items)[number]>();
    assert.equal(byName(items).get("a")?.place, 0);
    assert.equal(byName(items).get("c"), undefined);
    assert.equal(byName(items), byName(items));
  });
});

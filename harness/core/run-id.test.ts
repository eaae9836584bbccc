import assert from "node:assert/strict";
import { labOfRun, newRunId, runIdPattern, runOfLab } from "./run-id.ts";

describe("run ids", () => {
  it("names further labs by the run's id and what follows it", () => {
    assert.deepEqual(
      [0, 1, 2, 27, 28, 756, 757].map((index) => labOfRun("7f3kq", index)),
      ["7f3kq", "7f3kq2", "7f3kq3", "7f3kqz", "7f3kq22", "7f3kqzz", "7f3kq2"],
    );
  });

  it("tells the run of every lab, and no two labs that stand together have one name", () => {
    const run = newRunId();
    const ids = Array.from({ length: 757 }, (_, index) => labOfRun(run, index));
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) {
      assert.equal(runOfLab(id), run);
      assert.match(id, new RegExp(`^${runIdPattern}$`));
    }
  });

  it("takes nothing shorter or longer for a lab", () => {
    for (const word of ["7f3k", "7f3kq222", "7f3ka"]) assert.doesNotMatch(word, new RegExp(`^${runIdPattern}$`));
  });
});

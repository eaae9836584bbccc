import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { workInLanes } from "./lanes.ts";

describe("workInLanes", () => {
  it("works on so many at a time, in their order", async () => {
    let now = 0;
    let most = 0;
    const begun: number[] = [];
    await workInLanes([1, 2, 3, 4, 5], 2, async (item) => {
      begun.push(item);
      most = Math.max(most, ++now);
      await sleep(5);
      now -= 1;
    });
    assert.deepEqual([begun, most, now], [[1, 2, 3, 4, 5], 2, 0]);
  });

  it("starts no more after an error, and throws it once what was begun has ended", async () => {
    const ended: number[] = [];
    const work = async (item: number): Promise<void> => {
      if (item === 1) throw new Error("first");
      await sleep(5);
      ended.push(item);
    };
    await assert.rejects(workInLanes([1, 2, 3], 2, work), /first/);
    assert.deepEqual(ended, [2]);
  });
});

import assert from "node:assert/strict";
import { settleAll } from "./settle.ts";

describe("settleAll", () => {
  it("gives the values in the order of the work", async () => {
    const slow = new Promise<string>((resolve) => setTimeout(resolve, 5, "first"));
    assert.deepEqual(await settleAll([slow, Promise.resolve(2)]), ["first", 2]);
    assert.deepEqual(await settleAll([]), []);
  });

  it("throws the first failure in order, not before all the rest has ended", async () => {
    let ended = false;
    const rest = new Promise<void>((resolve) => {
      setTimeout(() => {
        ended = true;
        resolve();
      }, 20);
    });
    const late = new Promise<never>((_, reject) => setTimeout(reject, 5, new Error("late, but first in order")));
    await assert.rejects(settleAll([late, Promise.reject(new Error("early")), rest]), /first in order/);
    assert.equal(ended, true);
  });
});

import assert from "node:assert/strict";
import { UsageError } from "../core/errors.ts";
import { parseGap, parseLoss } from "./budget.ts";

describe("limits of a change", () => {
  it("are times and percentages", () => {
    assert.deepEqual(["50ms", "2s", "0.5s", "1m"].map(parseGap), [50, 2000, 500, 60_000]);
    assert.deepEqual(["1%", "0.5%", "0%"].map(parseLoss), [0.01, 0.005, 0]);
  });

  it("need their unit", () => {
    for (const text of ["", "2", "2 s", "-1s", "1h", "s"]) assert.throws(() => parseGap(text), UsageError, text);
    for (const text of ["", "1", "101%", "-1%", "%"]) assert.throws(() => parseLoss(text), UsageError, text);
  });
});

import assert from "node:assert/strict";
import type { CommandResult } from "../exec/executor.ts";
import { withOwnLimit } from "./own-limit.ts";

const dead: CommandResult = {
  where: "node a1",
  argv: ["perl"],
  exitCode: 137,
  stdout: "",
  stderr: "half a line\n",
  durationMs: 15_010,
};

describe("a probe that was killed", () => {
  it("says that it was by our own limit, where its time was over", () => {
    assert.equal(withOwnLimit(dead, 15_000).stderr, "half a line\nkilled by the probes' own limit of 15 s");
  });

  it("says nothing of the kind where somebody else did it, or it ended by itself", () => {
    for (const other of [
      { ...dead, durationMs: 900 },
      { ...dead, exitCode: 1 },
    ])
      assert.equal(withOwnLimit(other, 15_000), other);
    assert.equal(withOwnLimit(dead), dead);
  });
});

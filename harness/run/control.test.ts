import assert from "node:assert/strict";
import { modes } from "../encap/mode.ts";
import type { Status, Verdict } from "../verify/verdict.ts";
import { controlVerdict, oppositeOf } from "./control.ts";

const base = { id: "vxlan-always/control/none", check: "control", expected: "every path turns red" };

describe("the control of a mode", () => {
  it("is a mode whose packets look otherwise", () => {
    for (const mode of modes) assert.notEqual(oppositeOf(mode).encapsulation, mode.encapsulation, mode.id);
  });

  it("passes when every path turned red", () => {
    const verdict = controlVerdict(base, [
      ["a1->b1", [of("fail"), of("pass")]],
      ["b1->a1", [of("fail")]],
    ]);
    assert.deepEqual([verdict.status, verdict.observed], ["pass", "2 of 2 paths red"]);
  });

  it("fails with the path that stayed green", () => {
    const verdict = controlVerdict(base, [
      ["a1->b1", [of("fail")]],
      ["b1->a1", [of("pass")]],
    ]);
    assert.equal(verdict.status, "fail");
    assert.match(verdict.reason ?? "", /1 of 2 paths did not turn red: b1->a1$/);
    assert.deepEqual(verdict.evidence, ["b1->a1: encapsulated pass, observed VXLAN"]);
  });

  it("claims nothing of paths that could not be told, and is skipped where no path looks otherwise", () => {
    assert.equal(controlVerdict(base, [["b1->a1", [of("inconclusive")]]]).status, "inconclusive");
    assert.equal(controlVerdict(base, []).status, "skip");
  });
});

function of(status: Status): Verdict {
  return { id: "x", check: "encapsulated", status, expected: "VXLAN", observed: "VXLAN", evidence: [] };
}

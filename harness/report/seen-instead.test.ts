import assert from "node:assert/strict";
import type { HopRecord } from "../run/record.ts";
import type { Category } from "../verify/verdict.ts";
import type { PathOutcome } from "./path-outcome.ts";
import { outcomesOf } from "./path-outcome.ts";
import { failingRun } from "./sample-records.fixture.ts";
import { seenInstead } from "./seen-instead.ts";

/** A failed path within a rack, with these observations at its uplinks. */
function failed(category: Category, observed: { forward: string; reverse: string }): PathOutcome {
  const run = failingRun();
  const [scenario] = run.scenarios;
  assert.ok(scenario);
  const plain = outcomesOf(scenario, run.verdicts).find(({ id }) => id.endsWith("same-subnet/v4/a1->a2"));
  assert.ok(plain?.path);
  const hops = (["forward", "reverse"] as const).map((direction): HopRecord => ({
    direction,
    node: "a1",
    device: "eth0",
    role: "source-uplink",
    expected: "plain",
    observed: observed[direction],
    packets: 5,
    ok: observed[direction].startsWith("plain"),
  }));
  return { ...plain, status: "fail", category, path: { ...plain.path, hops } };
}

describe("what a grid's cell says of a failed path", () => {
  it("is the form seen instead, or that of the answers alone", () => {
    const needless = "needless encapsulation";
    assert.equal(seenInstead(failed(needless, { forward: "vxlan ×5", reverse: "plain ×5" })), "→VXLAN");
    assert.equal(seenInstead(failed(needless, { forward: "plain ×5", reverse: "vxlan ×5" })), "←VXLAN");
  });

  it("is what else is wrong where the form is right", () => {
    assert.equal(seenInstead(failed("wrong MTU", { forward: "plain ×5", reverse: "plain ×5" })), " MTU");
    assert.equal(seenInstead(failed("not reached", { forward: "plain ×5", reverse: "plain ×5" })), " lost");
  });

  it("is nothing where nothing failed", () => {
    const sound = failed("wrong MTU", { forward: "plain ×5", reverse: "plain ×5" });
    assert.equal(seenInstead({ ...sound, status: "pass" }), "");
  });
});

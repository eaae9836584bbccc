import assert from "node:assert/strict";
import { expectationOf, planOf, planWith } from "../encap/plan.fixture.ts";
import type { Plan } from "../topology/plan.ts";
import { caseAsExpected, gist, inForm, withHealth, withoutPackets } from "./case.fixture.ts";
import { symmetry } from "./symmetry.ts";
import type { PathCase } from "./verdict.ts";

describe("symmetry", () => {
  let plan: Plan;
  let skewed: Plan;
  before(async () => {
    plan = await planOf("two-racks");
    skewed = await planWith("two-racks", ({ name }) => (name === "a1" ? { registered: { 4: "198.18.1.11/32" } } : {}));
  });
  const inside = "vxlan-cross-subnet/pod-to-pod/same-subnet/v4/a1->a2";
  const caseOf = (id: string, from = plan) => caseAsExpected(expectationOf(from, id));
  const say = (pathCase: PathCase) => gist(symmetry.judge(pathCase));

  it("passes when both directions take the same form, right or wrong", () => {
    assert.equal(say(caseOf(inside)), "pass");
    const both = inForm(
      inForm(caseOf(inside), "forward", "vxlan", "a1/eth0", "a2/eth0"),
      "reverse",
      "vxlan",
      "a1/eth0",
      "a2/eth0",
    );
    assert.equal(say(both), "pass");
  });

  it("fails on a stale tunnel route in one direction", () => {
    const stale = inForm(caseOf(inside), "forward", "vxlan", "a1/eth0", "a2/eth0");
    assert.equal(say(stale), "fail (asymmetric): asymmetric: forward VXLAN, reverse plain");
    assert.equal(symmetry.judge(stale)?.expected, "forward plain, reverse plain");
  });

  it("fails when one direction mixes forms", () => {
    assert.match(
      say(inForm(caseOf(inside), "reverse", "ipip", "a1/eth0")),
      /^fail \(asymmetric\): asymmetric: forward plain, reverse IPIP and plain/,
    );
  });

  it("passes the asymmetry that unequal prefixes make, and fails its absence", () => {
    assert.equal(say(caseOf(inside, skewed)), "pass");
    const level = inForm(caseOf(inside, skewed), "forward", "plain", "a1/eth0", "a2/eth0");
    assert.match(
      say(level),
      /^fail \(asymmetric\): forward plain, reverse plain, though the prefixes make the directions differ/,
    );
  });

  it("is inconclusive when one direction was not seen, or a capture is in doubt", () => {
    assert.match(
      say(withoutPackets(caseOf(inside), "reverse", "a1/eth0", "a2/eth0")),
      /^inconclusive: reverse: no packet was seen between the nodes/,
    );
    assert.match(say(withHealth(caseOf(inside), "a1/eth0", { doubts: ["file cut"] })), /^inconclusive/);
  });

  it("does not apply within a node or where nothing comes back", () => {
    assert.equal(say(caseOf("none/pod-to-pod/same-node/v4/a1->a1")), "does not apply");
    assert.equal(say(caseOf("none/pod-to-pod/cross-subnet/v4/a1->b1")), "does not apply");
  });
});

import assert from "node:assert/strict";
import { describeExpectation } from "./describe.ts";
import { expectationOf, planOf, planWith } from "./plan.fixture.ts";

describe("describeExpectation", () => {
  it("says a path in few words", async () => {
    const plan = await planOf("dual-stack");
    const say = (id: string) => describeExpectation(expectationOf(plan, id));
    assert.equal(say("none/pod-to-pod/same-node/v4/a1->a1"), "local");
    assert.equal(say("none/pod-to-pod/same-subnet/v4/a1->a2"), "plain");
    assert.equal(say("none/pod-to-pod/cross-subnet/v4/a1->b1"), "dropped at tor");
    assert.equal(say("vxlan-always/pod-to-pod/cross-subnet/v6/a1->b1"), "VXLAN");
    assert.equal(say("ipip-always/pod-to-pod/cross-subnet/v4/a1->b1"), "IPIP");
    assert.match(say("ipip-always/pod-to-pod/cross-subnet/v6/a1->b1"), /^skip: Calico has no IPIP for IPv6/);
  });

  it("names both directions where they differ", async () => {
    const plan = await planWith("two-racks", ({ name }) =>
      name === "a1" ? { registered: { 4: "198.18.1.11/32" } } : {},
    );
    const path = expectationOf(plan, "vxlan-cross-subnet/pod-to-pod/same-subnet/v4/a1->a2");
    assert.equal(describeExpectation(path), "VXLAN, answer plain");
  });
});

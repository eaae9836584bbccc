import assert from "node:assert/strict";
import { planOf } from "../encap/plan.fixture.ts";
import type { Plan } from "../topology/plan.ts";
import { surveyedPlan } from "./surveyed-plan.ts";
import type { NodeSurvey } from "./survey-nodes.ts";

/** What agents of two-racks find: neighbors directly, the other rack by the gateway; `wide` takes every node for a neighbor. */
function surveysOf(plan: Plan, wide = false): readonly NodeSurvey[] {
  return plan.nodes.map(({ name, uplink }, index) => ({
    node: name,
    device: "ens3",
    mac: `02:00:00:00:01:0${index}`,
    mtu: 1400,
    addresses: [uplink.addresses[4] ?? ""],
    others: [],
    ways: plan.nodes
      .filter((other) => other.name !== name)
      .map((other) => ({
        to: other.name,
        family: 4,
        device: "ens3",
        ...(wide || other.uplink.segment === uplink.segment
          ? {}
          : { via: `198.18.${uplink.segment.endsWith("a") ? 1 : 2}.1` }),
      })),
  }));
}

describe("a surveyed plan", () => {
  it("has the nodes' real devices, and one unseen router with the gateways that they use", async () => {
    const plan = await planOf("two-racks");
    const real = surveyedPlan(plan, surveysOf(plan), "unseen");
    assert.deepEqual(
      real.nodes.map(({ uplink }) => [uplink.device, uplink.mtu, uplink.segment]),
      plan.nodes.map(({ uplink }) => ["ens3", 1400, uplink.segment]),
    );
    assert.deepEqual(
      real.routers.map(({ name, unseen }) => [name, unseen]),
      [["underlay", true]],
    );
  });

  it("puts nodes on one wire that reach each other directly, however they are registered", async () => {
    const plan = await planOf("two-racks");
    const real = surveyedPlan(plan, surveysOf(plan, true), "unseen");
    assert.equal(new Set(real.nodes.map(({ uplink }) => uplink.segment)).size, 1);
  });

  it("leaves wires of the lab's own as they were built", async () => {
    const plan = await planOf("two-racks");
    const real = surveyedPlan(plan, surveysOf(plan, true), "planned");
    assert.equal(new Set(real.nodes.map(({ uplink }) => uplink.segment)).size, 2);
    assert.deepEqual(real.routers, plan.routers);
  });
});

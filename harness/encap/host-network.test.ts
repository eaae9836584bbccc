import assert from "node:assert/strict";
import { enumeratePaths } from "./enumerate.ts";
import { expectationOf, modeOf, planOf } from "./plan.fixture.ts";

const plan = await planOf("host-network");

describe("Services in front of a pod in a node's own network", () => {
  it("are reached plain, node to node, with the node's address in the place of the pod's, in every mode", () => {
    for (const mode of ["none", "vxlan-always", "ipip-cross-subnet"]) {
      const { forward, reverse, dials, serverSees } = expectationOf(
        plan,
        `${mode}/pod-to-host-service/cross-subnet/v4/b1->a1`,
      );
      assert.deepEqual([forward.underlay, reverse?.underlay], ["plain", "plain"], mode);
      assert.deepEqual([dials, forward.destination], ["198.19.192.19", "198.18.1.11"]);
      assert.deepEqual([forward.sources, serverSees], [["198.18.2.11"], ["198.18.2.11"]]);
    }
  });

  it("never leave the node that they are on, and keep the pod's address there", () => {
    const { forward, silent } = expectationOf(plan, "vxlan-always/pod-to-host-service/same-node/v4/a1->a1");
    assert.deepEqual([forward.underlay, forward.sources], ["none", ["198.19.0.1"]]);
    assert.ok(silent.some(({ node, device }) => node === "a1" && device === "eth0"));
  });

  it("are asked for from every node, where a topology has any", async () => {
    const asked = (of: typeof plan) =>
      enumeratePaths(of, modeOf("none"), "quick").flatMap(({ traffic, source, target }) =>
        traffic === "pod-to-host-service" ? [`${source.node} ${target.node}`] : [],
      );
    assert.deepEqual(asked(plan).toSorted(), ["a1 a1", "a2 a1", "b1 a1", "b2 a1"]);
    assert.deepEqual(asked(await planOf("two-racks")), []);
  });
});

import assert from "node:assert/strict";
import { planTopology } from "../topology/make-plan.ts";
import type { Topology } from "../topology/topology.ts";
import { enumeratePaths } from "./enumerate.ts";
import { expectationOf, largePlan, modeOf, planOf } from "./plan.fixture.ts";
import { siblingTo } from "./shared-paths.ts";
import { connectionsToTell } from "./shares.ts";

const plan = await planOf("shared-service");
const mode = modeOf("vxlan-cross-subnet");

const asked = (of: typeof plan, profile: "quick" | "full" = "quick") =>
  enumeratePaths(of, mode, profile).filter(({ traffic }) => traffic === "pod-to-service");

const withBackends = ({ topology }: typeof plan, backends: readonly string[]): typeof plan =>
  planTopology({ ...topology, sharedServices: [{ name: "web", backends }] } satisfies Topology);

describe("paths to a Service with several backends", () => {
  it("lead from a pod of each node that is not behind it to each of its backends", () => {
    assert.deepEqual(
      asked(plan).map(({ id }) => id.split("/").slice(2).join("/")),
      [
        ...["same-node/v4/a1->web->a1", "same-subnet/v4/a1->web->a2", "cross-subnet/v4/a1->web->b1"],
        ...["same-subnet/v4/a2->web->a1", "same-node/v4/a2->web->a2", "cross-subnet/v4/a2->web->b1"],
        ...["cross-subnet/v4/b1->web->a1", "cross-subnet/v4/b1->web->a2", "same-node/v4/b1->web->b1"],
        ...["cross-subnet/v4/b2->web->a1", "cross-subnet/v4/b2->web->a2", "same-subnet/v4/b2->web->b1"],
      ],
    );
    assert.deepEqual(asked(plan).map(({ source, target, backends }) => [source.pod, target.pod, backends])[0], [
      "a1-p2",
      "a1-p1",
      3,
    ]);
  });

  it("take the form of the backend that a connection goes to, in each mode", () => {
    const form = (id: string) => expectationOf(plan, id).forward.underlay;
    assert.equal(form("vxlan-cross-subnet/pod-to-service/same-node/v4/a1->web->a1"), "none");
    assert.equal(form("vxlan-cross-subnet/pod-to-service/same-subnet/v4/a1->web->a2"), "plain");
    assert.equal(form("vxlan-cross-subnet/pod-to-service/cross-subnet/v4/a1->web->b1"), "vxlan");
    assert.equal(form("ipip-always/pod-to-service/same-subnet/v4/a1->web->a2"), "ipip");
  });

  it("dial the Service's own address, and keep the pod's", () => {
    const { dials, forward, reverse } = expectationOf(
      plan,
      "vxlan-cross-subnet/pod-to-service/cross-subnet/v4/a1->web->b1",
    );
    assert.deepEqual([dials, forward.sources, forward.destination], ["198.19.192.19", ["198.19.0.2"], "198.19.0.129"]);
    assert.deepEqual(reverse?.destination, "198.19.0.2");
  });

  it("name pods where a node has several backends, and begin at no node whose pods are all behind it", () => {
    const several = asked(withBackends(plan, ["a1", "a1", "b1"]));
    assert.deepEqual([...new Set(several.map(({ source }) => source.node))], ["a2", "b1", "b2"]);
    const fromA2 = several.filter(({ source }) => source.node === "a2");
    assert.deepEqual(
      fromA2.map(({ id, target, targetName }) => [id.split("web->")[1], target.pod, targetName]),
      [
        ["a1", "a1-p1", undefined],
        ["a1-p2", "a1-p2", "a1-p2"],
        ["b1", "b1-p1", undefined],
      ],
    );
  });

  it("begin at one node of each rack in large labs, and at all with --profile full", async () => {
    const large = withBackends(await largePlan(5), ["a1", "b1"]);
    assert.equal(asked(large).length, 2 * 2);
    assert.equal(asked(large, "full").length, 10 * 2);
  });

  it("are none where no topology asks for them", async () => {
    assert.deepEqual(asked(await planOf("two-racks"), "full"), []);
  });

  it("are found again from each other", () => {
    const [first, second] = asked(plan);
    assert.ok(first && second);
    assert.deepEqual(siblingTo(plan, first, "a2-p1"), second);
    const [other] = enumeratePaths(plan, mode, "quick");
    assert.equal(other && siblingTo(plan, other, "a2-p1"), undefined);
  });
});

describe("the number of connections", () => {
  it("is the fewest that leave out no backend by chance", () => {
    for (const backends of [2, 3, 4, 8]) {
      const fewest = connectionsToTell(backends);
      assert.ok((1 - 1 / backends) ** fewest <= 1e-6, String(backends));
      assert.ok((1 - 1 / backends) ** (fewest - 1) > 1e-6, String(backends));
    }
    assert.deepEqual([2, 3].map(connectionsToTell), [20, 35]);
  });
});

import assert from "node:assert/strict";
import type { Plan } from "../topology/plan.ts";
import { planTopology } from "../topology/make-plan.ts";
import { enumeratePaths } from "./enumerate.ts";
import { describeExpectation } from "./describe.ts";
import { requestOf, secondLegOf } from "./nodeport-paths.ts";
import { expectationOf, modeOf, planOf } from "./plan.fixture.ts";

/** By hand, for requests of the client to a1: the way on to a backend, and the address that a1 gives it. */
const legs: readonly (readonly [mode: string, pair: string, form: string, source: readonly string[]])[] = [
  ["none", "cross-subnet/v4/a1->b1", "plain", ["198.18.1.11"]],
  ["vxlan-always", "same-subnet/v4/a1->a2", "VXLAN", ["198.19.0.0"]],
  ["vxlan-always", "cross-subnet/v4/a1->b1", "VXLAN", ["198.19.0.0"]],
  ["vxlan-cross-subnet", "same-subnet/v4/a1->a2", "plain", ["198.18.1.11"]],
  ["vxlan-cross-subnet", "cross-subnet/v4/a1->b1", "VXLAN", ["198.19.0.0"]],
  ["ipip-cross-subnet", "cross-subnet/v4/a1->b1", "IPIP", ["198.19.0.0"]],
  ["vxlan-always", "same-node/v4/a1->a1", "local", ["198.18.1.11", "198.19.0.0"]],
];

describe("requests from outside to NodePorts", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("external");
  });

  for (const [mode, pair, form, sources] of legs) {
    it(`go on as ${form} from ${sources.join(" or ")} in ${mode}, ${pair}`, () => {
      const leg = expectationOf(plan, `${mode}/nodeport-to-pod/${pair}`);
      assert.equal(describeExpectation(leg), form);
      assert.deepEqual(leg.forward.sources, sources);
      const request = expectationOf(plan, `${mode}/external-to-nodeport/${pair.replace("a1->", "client->a1->")}`);
      assert.equal(describeExpectation(request), "plain");
      assert.deepEqual(request.forward.sources, ["198.18.9.11"]);
      assert.deepEqual([request.dials, request.forward.destination], ["198.18.1.11", "198.18.1.11"]);
      assert.deepEqual(request.reverse?.sources, ["198.18.1.11"]);
      assert.deepEqual(request.serverSees, sources);
    });
  }

  it("end at the node that is dialed, and with Local in its pod, with the client's address", () => {
    const places = (id: string) => expectationOf(plan, id).forward.hops.map(({ tap, role }) => `${tap.node} ${role}`);
    const wire = ["client source-uplink", "tor router-in", "tor router-out", "a1 target-uplink"];
    assert.deepEqual(places("none/external-to-nodeport/cross-subnet/v4/client->a1->b1"), wire);
    const id = "none/external-to-nodeport-local/same-node/v4/client->a1->a1";
    assert.deepEqual(places(id), [...wire, "a1 target-pod"]);
    assert.deepEqual(expectationOf(plan, id).serverSees, ["198.18.9.11"]);
    assert.equal(expectationOf(plan, id).reverse?.hops[0]?.role, "target-pod");
  });

  it("end at the node that is dialed where Local finds no backend on it, unanswered, whatever the mode", () => {
    for (const mode of ["none", "vxlan-always", "ipip-cross-subnet"]) {
      const { forward, reverse, skip, silent } = expectationOf(
        plan,
        `${mode}/external-to-nodeport-local/cross-subnet/v4/client->a1->b1`,
      );
      assert.deepEqual([skip, reverse], [undefined, undefined]);
      assert.deepEqual(forward.dies, {
        node: "a1",
        because: "externalTrafficPolicy is Local, and a1 has no backend of b1-p1",
      });
      assert.deepEqual(forward.hops.at(-1), {
        tap: { node: "a1", device: "eth0" },
        role: "target-uplink",
        form: "plain",
      });
      assert.ok(silent.some(({ node, device }) => node === "b1" && device === "eth0"));
    }
  });

  it("and their second legs find each other, pair by pair, in every profile", () => {
    for (const profile of ["quick", "full"] as const) {
      const paths = enumeratePaths(plan, modeOf("vxlan-always"), profile);
      const requests = paths.filter(({ traffic }) => traffic === "external-to-nodeport");
      const second = paths.filter(({ traffic }) => traffic === "nodeport-to-pod");
      assert.equal(requests.length, profile === "quick" ? 6 : 16);
      assert.deepEqual(requests.map(secondLegOf), second);
      assert.deepEqual(
        second.map((leg) => requestOf(leg, plan)),
        requests,
      );
    }
  });

  it("are not asked where what lies behind gives no answer", () => {
    const bare = planTopology({ ...plan.topology, fabric: "none" });
    const { skip } = expectationOf(bare, "none/external-to-nodeport/cross-subnet/v4/client->a1->b1");
    assert.equal(skip, "tor has no route to 198.19.0.128/26 (fabric: none)");
    const near = expectationOf(bare, "none/external-to-nodeport/same-subnet/v4/client->a1->a2");
    assert.equal(near.skip, undefined);
  });

  it("are of topologies with clients outside alone", async () => {
    const paths = enumeratePaths(await planOf("two-racks"), modeOf("none"), "full");
    assert.ok(paths.every(({ nodePort, client }) => nodePort === undefined && client === undefined));
  });
});

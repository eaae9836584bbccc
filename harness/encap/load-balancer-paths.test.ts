import assert from "node:assert/strict";
import type { Plan } from "../topology/plan.ts";
import { enumeratePaths } from "./enumerate.ts";
import { requestOf } from "./nodeport-paths.ts";
import { expectationOf, modeOf, planOf } from "./plan.fixture.ts";

describe("requests to load balancer addresses", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("load-balancer");
  });

  const id = (traffic: string, rest: string, mode = "vxlan-cross-subnet") => `${mode}/${traffic}/${rest}`;
  const of = (traffic: string, rest: string, mode?: string) => expectationOf(plan, id(traffic, rest, mode));

  it("come in at the node that the routers lead the network to, and are plain up to it in every mode", () => {
    for (const mode of ["none", "vxlan-always", "ipip-cross-subnet"]) {
      const { forward, reverse, dials } = of("external-to-loadbalancer", "cross-subnet/v4/client->a1->b1", mode);
      assert.equal(dials, "198.18.250.9");
      assert.deepEqual([forward.destination, forward.underlay], ["198.18.250.9", "plain"]);
      assert.deepEqual([reverse?.sources, reverse?.underlay], [["198.18.250.9"], "plain"]);
      const last = forward.hops.at(-1);
      assert.equal(`${last?.tap.node}/${last?.tap.device}`, "a1/eth0");
    }
  });

  it("are asked once for each locality in the quick profile, and with Local once for each rack", () => {
    const asked = (traffic: string) =>
      enumeratePaths(plan, modeOf("vxlan-cross-subnet"), "quick").flatMap((path) =>
        path.traffic === traffic ? [path.id.split("/").at(-1)] : [],
      );
    assert.deepEqual(asked("external-to-loadbalancer"), ["client->a1->a1", "client->a1->a2", "client->a1->b1"]);
    assert.deepEqual(asked("external-to-loadbalancer-local"), ["client->a1->a1", "client->b1->b1"]);
  });

  it("go on with an address of that node with externalTrafficPolicy Cluster, encapsulated as the mode says", () => {
    const leg = of("loadbalancer-to-pod", "cross-subnet/v4/a1->b1");
    assert.deepEqual([leg.forward.underlay, leg.serverSees], ["vxlan", ["198.19.0.0"]]);
    const beside = of("loadbalancer-to-pod", "same-subnet/v4/a1->a2");
    assert.deepEqual([beside.forward.underlay, beside.serverSees], ["plain", ["198.18.1.11"]]);
    assert.deepEqual(of("external-to-loadbalancer", "same-subnet/v4/client->a1->a2").serverSees, ["198.18.1.11"]);
  });

  it("go to the backend's node and keep the client's address with Local", () => {
    const { dials, serverSees, forward } = of("external-to-loadbalancer-local", "same-node/v4/client->b1->b1");
    assert.deepEqual([dials, serverSees], ["198.18.250.10", ["198.18.9.11"]]);
    assert.deepEqual(
      forward.hops.map(({ role }) => role),
      ["source-uplink", "router-in", "router-out", "target-uplink", "target-pod"],
    );
  });

  it("are the same ones that their second legs are asked about by", () => {
    const paths = enumeratePaths(plan, modeOf("none"), "full");
    const legs = paths.filter(({ traffic }) => traffic === "loadbalancer-to-pod");
    assert.equal(legs.length, 4);
    for (const leg of legs) {
      const request = requestOf(leg, plan);
      assert.deepEqual(
        request,
        paths.find(({ id: other }) => other === request?.id),
      );
    }
  });

  it("are asked where there are such addresses alone", async () => {
    const without = enumeratePaths(await planOf("external"), modeOf("none"), "full");
    assert.deepEqual(
      without.filter(({ traffic }) => traffic.includes("loadbalancer")),
      [],
    );
  });
});

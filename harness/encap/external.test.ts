import assert from "node:assert/strict";
import type { Plan } from "../topology/plan.ts";
import type { Pool } from "../topology/topology.ts";
import { planTopology } from "../topology/make-plan.ts";
import { enumeratePaths } from "./enumerate.ts";
import { expectationOf, modeOf, planOf } from "./plan.fixture.ts";

describe("paths to hosts outside of the cluster", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("external");
  });

  const to = (source: string, mode = "vxlan-always", of = plan) =>
    expectationOf(of, `${mode}/pod-to-external/cross-subnet/v4/${source}->server`);

  it("leave with the node's address where the pool has natOutgoing, and with the pod's own elsewhere", () => {
    const masqueraded = to("a1");
    assert.deepEqual(masqueraded.forward.sources, ["198.18.1.11"]);
    assert.deepEqual(masqueraded.serverSees, ["198.18.1.11"]);
    assert.equal(masqueraded.reverse?.destination, "198.18.1.11");
    const own = to("b2");
    assert.deepEqual(own.serverSees, ["198.19.64.1"]);
    assert.equal(own.reverse?.destination, "198.19.64.1");
    assert.equal(own.reverse.dies, undefined);
  });

  it("are plain in every mode, there and back, up to the host's own device", () => {
    for (const mode of ["none", "vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"]) {
      for (const source of ["a1", "b2"]) {
        const { forward, reverse, overhead } = to(source, mode);
        assert.deepEqual([forward.underlay, reverse?.underlay, overhead], ["plain", "plain", 0], `${mode} ${source}`);
      }
    }
    const hops = to("a1").forward.hops.map(({ tap, role }) => `${tap.node}/${tap.device} ${role}`);
    assert.deepEqual(hops.slice(1), [
      "a1/eth0 source-uplink",
      "tor/eth0 router-in",
      "tor/eth2 router-out",
      "server/eth0 target-uplink",
    ]);
    assert.ok(to("a1").silent.some(({ node }) => node === "client"));
  });

  it("keep the pod's address where a disabled pool holds the host, and not where one for load balancers does (calico#12767)", () => {
    const beside = (more: Partial<Pool>) => {
      const pools = [...plan.topology.pools, { family: 4, cidr: "198.18.9.0/26", blockSize: 29, ...more } as const];
      return to("a1", "none", planTopology({ ...plan.topology, pools })).forward.sources;
    };
    assert.deepEqual(beside({ disabled: true }), ["198.19.0.1"]);
    assert.deepEqual(beside({ allowedUses: ["LoadBalancer"] }), ["198.18.1.11"]);
    assert.deepEqual(beside({ allowedUses: ["LoadBalancer"], disabled: true }), ["198.18.1.11"]);
  });

  it("get no answer to a pod's own address where the routers know no pods", () => {
    const bare = planTopology({ ...plan.topology, fabric: "none" });
    assert.equal(to("b2", "none", bare).forward.dies, undefined);
    assert.deepEqual(to("b2", "none", bare).reverse?.dies, {
      node: "tor",
      because: "tor has no route to 198.19.64.0/26 (fabric: none)",
    });
    assert.equal(to("a1", "none", bare).reverse?.dies, undefined);
  });

  it("are asked from every node, and never of clients; no other topology has any", async () => {
    const outside = (of: Plan) =>
      enumeratePaths(of, modeOf("none"), "quick").flatMap(({ traffic, source, target }) =>
        traffic === "pod-to-external" ? [`${source.node} ${target.node}`] : [],
      );
    assert.deepEqual(outside(plan), ["a1 server", "a2 server", "b1 server", "b2 server"]);
    assert.deepEqual(outside(await planOf("two-racks")), []);
  });
});

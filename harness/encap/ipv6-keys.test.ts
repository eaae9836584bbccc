import assert from "node:assert/strict";
import { planTopology } from "../topology/make-plan.ts";
import { parseTopology } from "../topology/parse-topology.ts";
import { expectationOf } from "./plan.fixture.ts";

const planOfText = (text: string) => planTopology(parseTopology(text, "t.yaml", "t"));

describe("IPv6 of keys that labs have beside racks", () => {
  it("leads requests to load balancer addresses in, and on to the backend", () => {
    const plan = planOfText(`
subnets:
  rack-a: { cidr6: "fd00:18:1::/64" }
  rack-b: { cidr6: "fd00:18:2::/64" }
  outside: { cidr6: "fd00:18:9::/64" }
routers: { tor: { subnets: [rack-a, rack-b, outside] } }
nodes: { a1: { subnet: rack-a }, b1: { subnet: rack-b } }
external: { client: { subnet: outside, role: client } }
fabric: static
services: { loadBalancers6: "fd00:18:fa::/112" }
`);
    const path = (traffic: string, rest: string) => expectationOf(plan, `vxlan-cross-subnet/${traffic}/${rest}`);
    const request = path("external-to-loadbalancer", "cross-subnet/v6/client->a1->b1");
    assert.deepEqual([request.dials, request.forward.underlay], ["fd00:18:fa::5", "plain"]);
    assert.equal(path("loadbalancer-to-pod", "cross-subnet/v6/a1->b1").overhead, 70);
    const local = path("external-to-loadbalancer-local", "same-node/v6/client->b1->b1");
    assert.deepEqual([local.dials, local.serverSees], ["fd00:18:fa::6", ["fd00:18:9::b"]]);
    const routes = plan.routers.flatMap((router) => router.routes);
    const via = routes.find(({ destination }) => destination === "fd00:18:fa::6/128")?.via;
    assert.equal(via, "fd00:18:2::b");
  });

  it("gives a node with a /128 its gateway onlink, and encapsulates all that goes to it", () => {
    const plan = planOfText(`
subnets: { vm-a: { cidr6: "fd00:18:1::/64" }, vm-b: { cidr6: "fd00:18:2::/64" } }
routers: { vpc: { subnets: [vm-a, vm-b] } }
nodes:
  a: { subnet: vm-a, prefix6: 128 }
  b1: { subnet: vm-b }
  b2: { subnet: vm-b }
`);
    assert.deepEqual(plan.nodes[0]?.routes, [
      { family: 6, destination: "default", via: "fd00:18:1::1", device: "eth0", onlink: true },
    ]);
    const form = (rest: string) => expectationOf(plan, `vxlan-cross-subnet/pod-to-pod/${rest}`).forward.underlay;
    assert.deepEqual([form("cross-subnet/v6/a->b1"), form("same-subnet/v6/b1->b2")], ["vxlan", "plain"]);
  });
});

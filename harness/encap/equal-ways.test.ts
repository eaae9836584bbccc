import assert from "node:assert/strict";
import { planTopology } from "../topology/make-plan.ts";
import { parseTopology } from "../topology/parse-topology.ts";
import type { PathExpectation, TapId } from "./expectation.ts";
import { expectationOf, planOf } from "./plan.fixture.ts";

const tapWords = (taps: readonly TapId[]): string => taps.map(({ node, device }) => `${node}/${device}`).join(" ");
const hopWords = ({ forward }: PathExpectation): string =>
  tapWords(forward.hops.map(({ tap }) => tap).filter(({ device }) => device.startsWith("eth")));

describe("ways of equal cost between nodes", () => {
  const path = "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1";

  it("are asked for between the taps that every packet passes, in either direction", async () => {
    const asked = expectationOf(await planOf("ecmp-spines"), path);
    assert.equal(hopWords(asked), "a1/eth0 leaf-a/eth0 leaf-a/eth1 leaf-b/eth0 leaf-b/eth1 b1/eth0");
    const { equalWays: there } = asked.forward;
    assert.deepEqual(there?.from, { node: "leaf-a", device: "eth1" });
    assert.deepEqual(there.ways.map(tapWords), ["spine1/eth0 spine1/eth1", "spine2/eth0 spine2/eth1"]);
    const back = asked.reverse?.equalWays;
    assert.deepEqual(back?.from, { node: "leaf-b", device: "eth0" });
    assert.deepEqual(back.ways.map(tapWords), ["spine1/eth1 spine1/eth0", "spine2/eth1 spine2/eth0"]);
  });

  it("are nothing that must be silent, and none within a rack", async () => {
    const plan = await planOf("ecmp-spines");
    assert.equal(tapWords(expectationOf(plan, path).silent), "a2/eth0 b2/eth0");
    const near = expectationOf(plan, "vxlan-cross-subnet/pod-to-pod/same-subnet/v4/a1->a2");
    assert.equal(near.forward.equalWays, undefined);
    assert.match(tapWords(near.silent), /spine1\/eth0 spine1\/eth1 spine2\/eth0 spine2\/eth1/);
  });

  it("count with the narrowest of their links", async () => {
    const { topology } = await planOf("ecmp-spines");
    const subnets = topology.subnets.map((subnet) => (subnet.name === "up-b" ? { ...subnet, mtu: 1400 } : subnet));
    const narrow = expectationOf(planTopology({ ...topology, subnets }), path);
    assert.deepEqual(narrow.forward.narrow, { mtu: 1400, from: { node: "spine1", device: "eth1" } });
    assert.deepEqual(narrow.reverse?.narrow, { mtu: 1400, from: { node: "leaf-b", device: "eth0" } });
  });
});

describe("routers that nobody can listen inside of", () => {
  it("are on the way and are no hop; whether there are any is told", async () => {
    const plan = await planOf("two-racks");
    const routers = plan.routers.map((router) => ({ ...router, unseen: true as const }));
    const id = "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1";
    const unseen = expectationOf({ ...plan, routers }, id);
    assert.equal(hopWords(unseen), "a1/eth0 b1/eth0");
    assert.equal(unseen.forward.unseenRouters, true);
    assert.equal(expectationOf(plan, id).forward.unseenRouters, undefined);
    const near = expectationOf({ ...plan, routers }, "vxlan-cross-subnet/pod-to-pod/same-subnet/v4/a1->a2");
    assert.equal(near.forward.unseenRouters, undefined);
  });
});

describe("what the sending node's link does", () => {
  const text = `
subnets:
  rack-a: { cidr: 198.18.1.0/24 }
  rack-b: { cidr: 198.18.2.0/24 }
routers:
  tor: { subnets: [rack-a, rack-b], proxyArp: false }
nodes:
  a1: { subnet: rack-a, loss: 1% }
  b1: { subnet: rack-b }
`;
  const plan = planTopology(parseTopology(text, "lossy.yaml", "lossy"));

  it("is expected of what it sends to others, and not of what they send, or of what stays on the node", () => {
    const across = expectationOf(plan, "vxlan-always/pod-to-pod/cross-subnet/v4/a1->b1");
    assert.equal(across.forward.link?.loss, plan.nodes[0]?.uplink.link?.loss);
    assert.notEqual(across.forward.link, undefined);
    assert.equal(across.reverse?.link, undefined);
    assert.equal(expectationOf(plan, "vxlan-always/pod-to-pod/same-node/v4/a1->a1").forward.link, undefined);
  });

  it("is not expected of what the node cannot send at all", () => {
    const nodes = plan.nodes.map((node) => ({ ...node, routes: [] }));
    const { forward } = expectationOf({ ...plan, nodes }, "none/pod-to-host/cross-subnet/v4/a1->b1");
    assert.match(forward.dies?.because ?? "", /^a1: it has no route to/);
    assert.equal(forward.link, undefined);
  });
});

import assert from "node:assert/strict";
import { vniOf } from "../encap/tunnel.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { eventInWords, idleIn, lastNode, planAfter, planBeforeJoin } from "./switch-event.ts";

describe("an event under traffic", () => {
  it("declares another VNI or MTU, and on that lab the first again", async () => {
    const plan = await planOf("two-racks");
    const vni = planAfter(plan, "vni") ?? assert.fail();
    assert.deepEqual([vniOf(plan), vniOf(vni), vniOf(planAfter(vni, "vni") ?? assert.fail())], [4096, 4097, 4096]);
    const mtu = planAfter(plan, "mtu") ?? assert.fail();
    const back = planAfter(mtu, "mtu") ?? assert.fail();
    assert.deepEqual([mtu.topology.tunnelMtu, back.topology.tunnelMtu], [1350, 1450]);
    assert.equal(planAfter(await planOf("dual-stack"), "mtu")?.topology.tunnelMtu, 1330);
    assert.notEqual(mtu.digest, plan.digest);
    assert.equal(eventInWords(plan, "mtu"), "tunnels get MTU 1350");
    assert.equal(eventInWords(plan, "vni"), "VXLAN gets VNI 4097, before that 4096");
  });

  it("keeps everything of the nodes that are there before the last one joins", async () => {
    const plan = await planOf("two-racks");
    const before = planBeforeJoin(plan);
    assert.equal(lastNode(plan), "b2");
    assert.deepEqual(before.nodes, plan.nodes.slice(0, -1));
    assert.deepEqual(before.allocation.nodes, plan.allocation.nodes.slice(0, -1));
    assert.deepEqual(before.segments, plan.segments);
    assert.equal(planAfter(plan, "join"), undefined);
    assert.equal(eventInWords(plan, "join"), "b2 joins");
  });

  it("says in which modes it would do nothing", () => {
    assert.match(idleIn(modeOf("none"), "mtu") ?? "", /^--event mtu does nothing in None/);
    assert.match(idleIn(modeOf("ipip-always"), "vni") ?? "", /^--event vni does nothing in IPIP: it has no VXLAN/);
    assert.equal(idleIn(modeOf("ipip-always"), "mtu"), undefined);
    assert.equal(idleIn(modeOf("vxlan-cross-subnet"), "vni"), undefined);
    assert.equal(idleIn(modeOf("none"), "reboot"), undefined);
  });
});

import assert from "node:assert/strict";
import { planTopology } from "../topology/make-plan.ts";
import { modeOf, planOf } from "./plan.fixture.ts";
import { encapsulationOf, hostMtu, overheadOf, podMtu, tunnelDevice, vtepMac, vtepMacOf } from "./tunnel.ts";

describe("tunnel", () => {
  it("derives the MAC that Calico v3.32 gave to a recorded node of that name", () => {
    assert.equal(vtepMac("lab-worker", 4), "66:da:2d:10:6b:d7");
    assert.equal(vtepMac("lab-worker", 6), vtepMac("lab-worker-v6", 4));
    const node = { name: "a1", addresses: {}, registered: {}, uplink: "eth1", blocks: {}, tunnelAddresses: {} };
    assert.equal(vtepMacOf(node, 4), vtepMac("a1", 4));
    assert.equal(vtepMacOf({ ...node, hostName: "lab-worker" }, 4), "66:da:2d:10:6b:d7");
  });

  it("knows the devices by Calico's names", () => {
    assert.equal(tunnelDevice(modeOf("vxlan-always"), 4), "vxlan.calico");
    assert.equal(tunnelDevice(modeOf("vxlan-cross-subnet"), 6), "vxlan-v6.calico");
    assert.equal(tunnelDevice(modeOf("ipip-always"), 4), "tunl0");
    assert.equal(tunnelDevice(modeOf("ipip-always"), 6), undefined);
    assert.equal(tunnelDevice(modeOf("none"), 4), undefined);
  });

  it("counts the bytes of the headers", () => {
    const ethernet = 14;
    const vxlan = 8;
    const udp = 8;
    assert.equal(overheadOf("ipip", 4), 20);
    assert.equal(overheadOf("vxlan", 4), 20 + udp + vxlan + ethernet);
    assert.equal(overheadOf("vxlan", 6), 40 + udp + vxlan + ethernet);
    assert.equal(overheadOf("none", 6), 0);
  });

  it("is none of pools with modes of their own", () => {
    assert.equal(tunnelDevice(modeOf("pools"), 4), undefined);
    assert.throws(() => encapsulationOf(modeOf("pools"), 4), /pools with modes of their own have no one encapsulation/);
  });

  it("has the smallest of all nodes' MTUs, less the headers, or what the topology says", async () => {
    const { topology } = await planOf("two-racks");
    const subnets = topology.subnets.map((subnet) => (subnet.name === "rack-b" ? { ...subnet, mtu: 1400 } : subnet));
    const plan = planTopology({ ...topology, subnets });
    assert.equal(hostMtu(plan), 1400);
    assert.deepEqual(
      (["none", "ipip-always", "vxlan-always"] as const).map((id) => podMtu(plan, modeOf(id))),
      [1400, 1380, 1350],
    );
    const smaller = planTopology({ ...topology, subnets, tunnelMtu: 1300 });
    assert.deepEqual(
      (["none", "vxlan-always"] as const).map((id) => podMtu(smaller, modeOf(id))),
      [1400, 1300],
    );
  });
});

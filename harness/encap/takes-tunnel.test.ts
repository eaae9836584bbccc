import assert from "node:assert/strict";
import type { NodeIdentity, PoolIdentity } from "./identity.ts";
import { modeOf } from "./plan.fixture.ts";
import { takesTunnel } from "./takes-tunnel.ts";

const node = (name: string, cidr: string, pools?: readonly PoolIdentity[]): NodeIdentity => ({
  name,
  addresses: { 4: cidr.replace(/\/.*/, ""), 6: `fd00:1::${name.length}` },
  registered: { 4: cidr, 6: "fd00:1::/64" },
  uplink: "eth0",
  blocks: {},
  tunnelAddresses: {},
  ...(pools === undefined ? {} : { pools }),
});

const a1 = node("a1", "198.18.1.11/24");
const a2 = node("a2", "198.18.1.12/24");
const b1 = node("b1", "198.18.2.11/24");
const pod = "198.19.0.129";

const takes = (id: Parameters<typeof modeOf>[0], from: NodeIdentity, to: NodeIdentity, address = pod): boolean =>
  takesTunnel(modeOf(id), address.includes(":") ? 6 : 4, from, to, address);

describe("whether a node sends through the tunnel", () => {
  it("follows the policy: always, never, or to what is no neighbor by its own prefix", () => {
    assert.deepEqual([takes("none", a1, a2), takes("none", a1, b1)], [false, false]);
    for (const kind of ["vxlan", "ipip"] as const) {
      assert.deepEqual([takes(`${kind}-always`, a1, a2), takes(`${kind}-always`, a1, b1)], [true, true]);
      assert.deepEqual([takes(`${kind}-cross-subnet`, a1, a2), takes(`${kind}-cross-subnet`, a1, b1)], [false, true]);
    }
  });

  it("asks the sender's prefix and not the receiver's", () => {
    const alone = node("a1", "198.18.1.11/32");
    const wide = node("b1", "198.18.2.11/16");
    assert.deepEqual(
      [takes("vxlan-cross-subnet", alone, a2), takes("vxlan-cross-subnet", a2, alone)],
      [true, false],
      "/32 has no neighbors, and is one",
    );
    assert.deepEqual([takes("vxlan-cross-subnet", wide, a1), takes("vxlan-cross-subnet", a1, wide)], [false, true]);
  });

  it("takes a node without an address, or that nobody registered, for remote", () => {
    assert.equal(takes("vxlan-cross-subnet", a1, { ...a2, addresses: {} }), true);
    assert.equal(takes("vxlan-cross-subnet", { ...a1, registered: {} }, a2), true);
  });

  it("is never for IPIP in IPv6, which Calico does not have, and is for VXLAN", () => {
    assert.equal(takes("ipip-always", a1, b1, "fd00:10:19::129"), false);
    assert.equal(takes("vxlan-always", a1, b1, "fd00:10:19::129"), true);
  });

  it("goes by the pool of the destination where pools say something for themselves", () => {
    const pools = [
      { cidr: "198.19.0.0/18", policy: "CrossSubnet" },
      { cidr: "198.19.64.0/18", policy: "Always" },
      { cidr: "198.19.128.0/18" },
    ] as const;
    const to = node("a2", "198.18.1.12/24", pools);
    assert.equal(takes("vxlan-always", a1, to, "198.19.0.1"), false);
    assert.equal(takes("vxlan-cross-subnet", a1, to, "198.19.64.1"), true, "same subnet, and its pool says Always");
    assert.equal(takes("vxlan-cross-subnet", a1, to, "198.19.128.1"), false, "the run's own policy");
    assert.equal(takes("none", a1, to, "198.19.64.1"), false, "without encapsulation no policy asks for it");
    const sender = node("a1", "198.18.1.11/24", pools);
    assert.equal(takes("vxlan-always", sender, a2, "198.19.0.1"), true, "the sender's pools do not matter");
  });

  it("goes by the encapsulation of the pool where each has its own", () => {
    const pools = [
      { cidr: "198.19.0.0/18", mode: modeOf("vxlan-cross-subnet") },
      { cidr: "198.19.64.0/18", mode: modeOf("none") },
    ] as readonly PoolIdentity[];
    const to = node("b1", "198.18.2.11/24", pools);
    assert.equal(takes("pools", a1, to, "198.19.0.1"), true);
    assert.equal(takes("pools", b1, to, "198.19.0.1"), false, "its own subnet");
    assert.equal(takes("pools", a1, to, "198.19.64.1"), false);
    assert.equal(takes("pools", a1, to, "198.19.192.1"), false, "of no pool");
  });
});

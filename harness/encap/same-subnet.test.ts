import assert from "node:assert/strict";
import type { NodeIdentity } from "./identity.ts";
import { inSameSubnet } from "./same-subnet.ts";

function node(registered: string): NodeIdentity {
  const [address = ""] = registered.split("/");
  const family = registered.includes(":") ? 6 : 4;
  return {
    name: address,
    addresses: { [family]: address },
    registered: { [family]: registered },
    uplink: "eth0",
    blocks: {},
    tunnelAddresses: {},
  };
}

function both(a: string, b: string, family: 4 | 6 = 4): readonly boolean[] {
  return [inSameSubnet(node(a), node(b), family), inSameSubnet(node(b), node(a), family)];
}

describe("inSameSubnet", () => {
  it("asks whether the local network contains the remote address", () => {
    assert.deepEqual(both("198.18.1.11/24", "198.18.1.12/24"), [true, true]);
    assert.deepEqual(both("198.18.1.11/24", "198.18.2.11/24"), [false, false]);
    assert.deepEqual(both("fd00:18:1::b/64", "fd00:18:1::c/64", 6), [true, true]);
    assert.deepEqual(both("fd00:18:1::b/64", "fd00:18:2::b/64", 6), [false, false]);
  });

  it("has no neighbors with /32, but may be one (calico#3003)", () => {
    assert.deepEqual(both("198.18.1.11/32", "198.18.1.12/24"), [false, true]);
  });

  it("decides by the local prefix alone where prefixes differ", () => {
    assert.deepEqual(both("198.18.1.11/16", "198.18.2.11/24"), [true, false]);
  });

  it("takes a peer without address or registration for remote", () => {
    assert.equal(inSameSubnet(node("198.18.1.11/24"), node("fd00::1/64"), 4), false);
    assert.equal(inSameSubnet(node("fd00::1/64"), node("198.18.1.11/24"), 4), false);
  });
});

import assert from "node:assert/strict";
import type { PlannedNode, Port } from "../topology/plan.ts";
import { otherAddressesOf } from "./other-addresses.ts";

const port = (addresses: Port["addresses"]): Port => ({
  device: "eth1",
  segment: "mgmt",
  bridgePort: "a1_eth1",
  mac: "02:00:00:00:01:01",
  addresses,
  mtu: 1500,
});

const node = (more: Partial<PlannedNode>): PlannedNode => ({
  name: "a1",
  uplink: port({ 4: "198.18.1.11/24" }),
  routes: [],
  pods: [],
  ...more,
});

describe("addresses beside the uplink's", () => {
  it("are none where a node has one device, whose own addresses do not count", () => {
    assert.deepEqual(otherAddressesOf({ families: [4, 6] }, node({})), {});
    assert.deepEqual(otherAddressesOf({ families: [4] }, node({ others: [], otherAddresses: [] })), {});
  });

  it("are those of planned devices and those that a machine was found with, without prefix, by family", () => {
    const found = node({
      others: [port({ 4: "198.18.100.11/24", 6: "fd00:10:18:64::b/64" }), port({ 4: "198.18.101.11/24" })],
      otherAddresses: ["10.0.0.5/8", "fd00::5/64"],
    });
    assert.deepEqual(otherAddressesOf({ families: [4, 6] }, found), {
      otherAddresses: {
        4: ["198.18.100.11", "198.18.101.11", "10.0.0.5"],
        6: ["fd00:10:18:64::b", "fd00::5"],
      },
    });
  });

  it("leave out a family that the plan does not use, and know one that no device has", () => {
    const four = node({ otherAddresses: ["10.0.0.5/8"] });
    assert.deepEqual(otherAddressesOf({ families: [4] }, node({ otherAddresses: ["10.0.0.5/8", "fd00::5/64"] })), {
      otherAddresses: { 4: ["10.0.0.5"] },
    });
    assert.deepEqual(otherAddressesOf({ families: [4, 6] }, four).otherAddresses?.[6] ?? [], []);
  });
});

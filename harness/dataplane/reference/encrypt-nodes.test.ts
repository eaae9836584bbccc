import assert from "node:assert/strict";
import { modeOf, planOf } from "../../encap/plan.fixture.ts";
import { programNodes } from "./program-node.ts";

describe("the WireGuard of a node", () => {
  it("knows every other node that takes part, and throws what is its own or of one that takes none back to the main table", async () => {
    const [a1, , , b2] = programNodes(await planOf("wireguard"), modeOf("none"), () => "");
    assert.deepEqual(a1?.encryption, [
      {
        ...{ family: 4, device: "wireguard.cali", mtu: 1440, address: "198.19.0.63", port: 51820, table: 1 },
        peers: [
          { node: "a2", endpoint: "198.18.1.12", allowed: ["198.19.0.64/26"] },
          { node: "b1", endpoint: "198.18.2.11", allowed: ["198.19.0.128/26"] },
        ],
        thrown: ["198.19.0.0/26", "198.19.0.192/26"],
      },
    ]);
    assert.deepEqual(b2?.encryption, []);
    assert.deepEqual(
      b2.pods.map(({ mtu }) => mtu),
      [1440, 1440],
    );
  });

  it("is no part of a node where the topology declares none", async () => {
    const nodes = programNodes(await planOf("two-racks"), modeOf("vxlan-always"), () => "");
    assert.ok(nodes.every(({ encryption }) => encryption.length === 0));
  });
});

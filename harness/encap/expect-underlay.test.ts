import assert from "node:assert/strict";
import { expectUnderlay, type ExpectedUnderlay } from "./expect-underlay.ts";
import { modeOf, planOf } from "./plan.fixture.ts";
import { identitiesFromAllocation } from "./planned-identities.ts";

async function underlayOf(topology: string, node: string): Promise<ExpectedUnderlay> {
  const plan = await planOf(topology);
  const identities = identitiesFromAllocation(plan, modeOf("vxlan-cross-subnet"));
  const own = identities.nodes.find(({ name }) => name === node);
  assert.ok(own);
  return expectUnderlay(plan, identities, own);
}

describe("what must lie below the tunnels", () => {
  it("are neighbors without gateway, and the router's address for nodes of other racks", async () => {
    const { ways, uplink, registered } = await underlayOf("two-racks", "a1");
    assert.deepEqual(ways, [
      { family: 4, to: "a2", address: "198.18.1.12" },
      { family: 4, to: "b1", address: "198.18.2.11", via: "198.18.1.1" },
      { family: 4, to: "b2", address: "198.18.2.12", via: "198.18.1.1" },
    ]);
    assert.equal(uplink, "eth0");
    assert.deepEqual(registered, [{ family: 4, address: "198.18.1.11/24" }]);
  });

  it("are both families where the plan has both", async () => {
    const { ways, addresses } = await underlayOf("dual-stack", "a1");
    assert.deepEqual(
      addresses.map(({ family }) => family),
      [4, 6],
    );
    assert.equal(ways.filter(({ family }) => family === 6).length, ways.length / 2);
  });

  it("are all neighbors where the node's own prefix contains the other rack", async () => {
    const { ways } = await underlayOf("wide-prefix", "a1");
    assert.ok(ways.every(({ via }) => via === undefined));
  });
});

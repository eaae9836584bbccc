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

  it("are the uplink and the devices of the node's own pods, all of which pass packets on", async () => {
    const plan = await planOf("two-racks");
    const identities = identitiesFromAllocation(plan, modeOf("vxlan-cross-subnet"));
    const { podDevices, forwards, uplink } = await underlayOf("two-racks", "a2");
    const own = identities.pods.filter(({ node }) => node === "a2").map(({ hostDevice }) => hostDevice);
    assert.equal(own.length, 2);
    assert.deepEqual(podDevices, own);
    assert.deepEqual(forwards, [uplink, ...own]);
  });

  it("leave out whom nobody knows: nodes without an address, without a way, or beside the plan", async () => {
    const plan = await planOf("two-racks");
    const identities = identitiesFromAllocation(plan, modeOf("vxlan-cross-subnet"));
    const [a1, a2, ...others] = identities.nodes;
    assert.ok(a1 && a2);
    const silent = { ...identities, nodes: [a1, { ...a2, addresses: {} }, ...others] };
    const tos = ({ ways }: ExpectedUnderlay): readonly string[] => ways.map(({ to }) => to);
    assert.deepEqual(tos(expectUnderlay(plan, silent, a1)), ["b1", "b2"], "a2 has no address");
    const lone = { ...plan, nodes: plan.nodes.map((node) => ({ ...node, routes: [] })) };
    assert.deepEqual(tos(expectUnderlay(lone, identities, a1)), ["a2"], "no route leads to the other rack");
    const stranger = { ...a1, name: "z9", uplink: "ens3", registered: {} };
    const { addresses, ways, registered, podDevices, forwards } = expectUnderlay(plan, identities, stranger);
    assert.deepEqual([addresses, ways, registered, podDevices], [[], [], [], []]);
    assert.deepEqual(forwards, ["ens3"]);
  });
});

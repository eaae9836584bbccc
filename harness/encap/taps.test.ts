import assert from "node:assert/strict";
import { identitiesFromAllocation } from "./planned-identities.ts";
import { modeOf, planOf } from "./plan.fixture.ts";
import { isSameTap, tapsOf, underlayTaps } from "./taps.ts";

describe("taps", () => {
  const names = (taps: readonly { node: string; device: string }[]) =>
    taps.map(({ node, device }) => `${node}/${device}`);

  it("are every uplink and router port, and with them every pod's device", async () => {
    const plan = await planOf("two-racks");
    const identities = identitiesFromAllocation(plan, modeOf("none"));
    const between = ["a1/eth0", "a2/eth0", "b1/eth0", "b2/eth0", "tor/eth0", "tor/eth1"];
    assert.deepEqual(names(underlayTaps(plan, identities)), between);
    const pods = identities.pods.map(({ node, hostDevice }) => `${node}/${hostDevice}`);
    assert.equal(pods.length, 8);
    assert.deepEqual(names(tapsOf(plan, identities)), [...between, ...pods]);
  });

  it("are none on routers that nobody can enter", async () => {
    const plan = await planOf("two-racks");
    const routers = plan.routers.map((router) => ({ ...router, unseen: true as const }));
    const taps = underlayTaps({ ...plan, routers }, identitiesFromAllocation(plan, modeOf("none")));
    assert.deepEqual(names(taps), ["a1/eth0", "a2/eth0", "b1/eth0", "b2/eth0"]);
  });

  it("are the same by node and device, not by one of them", () => {
    const tap = { node: "a1", device: "eth0" };
    assert.deepEqual(
      [tap, { ...tap, node: "a2" }, { ...tap, device: "eth1" }].map((other) => isSameTap(tap, other)),
      [true, false, false],
    );
  });
});

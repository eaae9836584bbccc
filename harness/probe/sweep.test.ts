import assert from "node:assert/strict";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import { serverPorts } from "./token.ts";
import { planSweep } from "./sweep.ts";

describe("planSweep", () => {
  it("takes every pair of pods on different nodes, or as many as it may, the same with the same seed", async () => {
    const plan = await planOf("dual-stack");
    const identities = identitiesFromAllocation(plan, modeOf("vxlan-always"));
    const words = (seed: number, most: number) =>
      planSweep(identities, plan.families, seed, most).pairs.map(
        ({ from, to, family }) => `${from.name} ${to.name} ${family}`,
      );
    const all = words(1, 1000);
    assert.equal(all.length, 8 * 6 * 2);
    assert.equal(new Set(all).size, all.length);
    assert.equal(all.includes("a1-p1 a1-p2 4"), false);
    const some = words(7, 20);
    assert.equal(new Set(some).size, 20);
    assert.deepEqual(words(7, 20), some);
    assert.notDeepEqual(words(8, 20), some);
    assert.equal(planSweep(identities, plan.families, 7, 20).of, all.length);
  });

  it("draws ports clear of those of probes, and always asks 443", async () => {
    const plan = await planOf("two-racks");
    const identities = identitiesFromAllocation(plan, modeOf("vxlan-always"));
    for (let seed = 0; seed < 200; seed += 1) {
      const { tcp, udp } = planSweep(identities, [4], seed, 1);
      assert.ok(tcp.includes(443) && udp.includes(443));
      for (const port of [...tcp, ...udp]) assert.ok(port > 0 && port < serverPorts.first, String(port));
    }
  });
});

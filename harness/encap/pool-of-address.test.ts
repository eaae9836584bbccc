import assert from "node:assert/strict";
import type { Plan } from "../topology/plan.ts";
import type { Pool } from "../topology/topology.ts";
import type { PoolIdentity } from "./identity.ts";
import { modeOf, planOf } from "./plan.fixture.ts";
import {
  encapsulationsWithin,
  isOfAllPools,
  modesWithin,
  modeToward,
  poolIdentities,
  poolOfAddress,
} from "./pool-mode.ts";

const base = await planOf("two-racks");
const withPools = (pools: readonly Partial<Pool>[], families: Plan["families"] = [4]): Plan => ({
  ...base,
  families,
  topology: {
    ...base.topology,
    pools: pools.map((pool) => ({ family: 4, cidr: "198.19.0.0/18", blockSize: 26, ...pool })),
  },
});

describe("what pools say for themselves", () => {
  it("is nothing where all are as the run's mode has them", () => {
    assert.deepEqual(poolIdentities(withPools([{}])), {});
  });

  it("is policy, encapsulation, or no natOutgoing; a disabled pool counts, and the others are told with it", () => {
    const only = (pool: Partial<Pool>): readonly PoolIdentity[] | undefined => poolIdentities(withPools([pool])).pools;
    const cidr = "198.19.0.0/18";
    assert.deepEqual(only({ policy: "Always" }), [{ cidr, policy: "Always" }]);
    assert.deepEqual(only({ encapsulation: "IPIP" }), [{ cidr, mode: modeOf("ipip-always") }]);
    assert.deepEqual(only({ natOutgoing: false }), [{ cidr, keepsSource: true }]);
    assert.deepEqual(only({ disabled: true }), [{ cidr }]);
    const other = "198.19.64.0/18";
    assert.deepEqual(poolIdentities(withPools([{ policy: "CrossSubnet" }, { cidr: other }])).pools, [
      { cidr, policy: "CrossSubnet" },
      { cidr: other },
    ]);
  });
});

describe("the pool of an address", () => {
  const pools = [{ cidr: "198.19.0.0/18" }, { cidr: "198.19.64.0/18", policy: "CrossSubnet" }] as const;

  it("is the first that contains it; none where nobody says anything, or none does", () => {
    assert.equal(poolOfAddress({ pools }, "198.19.0.1"), pools[0]);
    assert.equal(poolOfAddress({ pools }, "198.19.127.255"), pools[1]);
    assert.equal(poolOfAddress({ pools }, "198.19.128.0"), undefined);
    assert.equal(poolOfAddress({}, "198.19.0.1"), undefined);
    const nested = [{ cidr: "198.19.0.0/26" }, { cidr: "198.19.0.0/18" }];
    assert.equal(poolOfAddress({ pools: nested }, "198.19.0.1"), nested[0]);
  });
});

describe("how packets to an address are carried", () => {
  const vxlan = modeOf("vxlan-cross-subnet");
  const pools = [
    { cidr: "198.19.0.0/18", policy: "Always", mode: modeOf("ipip-always") },
    { cidr: "198.19.64.0/18" },
  ] as readonly PoolIdentity[];

  it("is the run's mode where no pool says otherwise", () => {
    assert.equal(modeToward(vxlan, {}, "198.19.0.1"), vxlan);
    assert.equal(modeToward(vxlan, { pools }, "198.19.64.1"), vxlan);
    assert.equal(modeToward(vxlan, { pools }, "198.19.128.1"), vxlan, "of no pool");
    const none = modeOf("none");
    assert.equal(modeToward(none, { pools }, "198.19.0.1"), none, "no policy encapsulates a run without");
  });

  it("is the run's encapsulation with the policy of the pool", () => {
    assert.deepEqual(modeToward(vxlan, { pools }, "198.19.0.1"), { ...vxlan, policy: "Always" });
  });

  it("is the pool's own mode where each has its own, and plain where it names none or there is no pool", () => {
    const mode = modeOf("pools");
    assert.equal(modeToward(mode, { pools }, "198.19.0.1"), modeOf("ipip-always"));
    for (const to of [{ pools }, {}]) {
      const { encapsulation, policy } = modeToward(mode, to, "198.19.64.1");
      assert.deepEqual([encapsulation, policy], ["none", "Never"]);
    }
    assert.equal(isOfAllPools(mode), false);
    assert.equal(isOfAllPools(vxlan), true);
  });
});

describe("the modes within a run", () => {
  const mode = modeOf("pools");

  it("are the run's own, whatever pools say", () => {
    const vxlan = modeOf("vxlan-always");
    assert.deepEqual(modesWithin(withPools([{ encapsulation: "IPIP" }]), vxlan, 4), [vxlan]);
    assert.deepEqual([...encapsulationsWithin(withPools([{}]), vxlan)], ["vxlan"]);
  });

  it("are one for each encapsulation that pools of the family have, a pool without a word being plain", () => {
    const plan = withPools(
      [
        { encapsulation: "VXLAN" },
        { encapsulation: "VXLANCrossSubnet" },
        {},
        { family: 6, cidr: "fd00:10:19::/48", encapsulation: "IPIP" },
      ],
      [4, 6],
    );
    const encapsulations = (family: 4 | 6) => modesWithin(plan, mode, family).map((own) => own.encapsulation);
    assert.deepEqual(encapsulations(4), ["none", "vxlan"]);
    assert.deepEqual(encapsulations(6), ["ipip"]);
    assert.deepEqual([...encapsulationsWithin(plan, mode)].toSorted(), ["ipip", "none", "vxlan"]);
    assert.deepEqual([...encapsulationsWithin({ ...plan, families: [6] }, mode)], ["ipip"]);
  });
});

import assert from "node:assert/strict";
import { expectationOf, planOf } from "../../encap/plan.fixture.ts";
import type { Plan } from "../../topology/plan.ts";
import { planDatagrams } from "./plan-datagrams.ts";

describe("planDatagrams", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("two-racks");
  });
  const planned = (path: string, seed = "s", dies = false) =>
    planDatagrams(expectationOf(plan, `vxlan-cross-subnet/${path}`), seed, dies);
  const flowsOf = (path: string) => new Set(planned(path).map(({ flow }) => flow)).size;

  it("varies the ports of 16 flows across racks, and of some everywhere", () => {
    assert.equal(flowsOf("pod-to-pod/cross-subnet/v4/a1->b1"), 16);
    assert.equal(flowsOf("pod-to-pod/same-subnet/v4/a1->a2"), 4);
    assert.equal(flowsOf("pod-to-host/cross-subnet/v4/a1->b2"), 4);
  });

  it("marks some flows with DSCP and ECN, and never the one that carries sizes", () => {
    const all = planned("pod-to-pod/cross-subnet/v4/a1->b1");
    assert.deepEqual([...new Set(all.map(({ tos }) => tos))], [0, 0xb8, 0x02, 0x49]);
    assert.ok(all.filter(({ flow }) => flow === 0).every(({ tos }) => tos === 0));
  });

  it("tries sizes up to exactly the largest, at most 100 bytes apart on average, at other places with another seed", () => {
    const sizes = (seed: string) =>
      planned("pod-to-pod/cross-subnet/v4/a1->b1", seed)
        .filter(({ flow }) => flow === 0)
        .map(({ bytes }) => bytes);
    const [one, other] = [sizes("one"), sizes("other")];
    assert.equal(one[0], 104);
    assert.equal(one.at(-1), 1450);
    assert.deepEqual(
      one,
      [...one].sort((a, b) => a - b),
    );
    assert.ok(one.length >= 14);
    assert.notDeepEqual(one, other);
    assert.deepEqual(one, sizes("one"));
  });

  it("finds every hole of two steps' width on every path", () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const sizes = planned("pod-to-pod/cross-subnet/v4/a1->b1", String(seed)).map(({ bytes }) => bytes);
      for (let from = 104; from + 199 <= 1450; from += 1) {
        assert.ok(
          sizes.some((bytes) => bytes >= from && bytes <= from + 199),
          `seed ${seed}, hole from ${from}`,
        );
      }
    }
  });

  it("sends one datagram where it must be dropped", () => {
    assert.equal(planned("pod-to-pod/cross-subnet/v4/a1->b1", "s", true).length, 1);
  });
});

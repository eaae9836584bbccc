import assert from "node:assert/strict";
import { expectationOf, planOf } from "../../encap/plan.fixture.ts";
import { planSizeSweep, refineSizeSweep } from "./plan-size-sweep.ts";

const across = "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1";

describe("a sweep over sizes", () => {
  const sizesOf = async (id: string, topology = "two-racks") =>
    planSizeSweep(expectationOf(await planOf(topology), id), 64).map(({ bytes }) => bytes);

  it("tries every MTU on the way and one byte to each side, and a ladder below", async () => {
    const sizes = await sizesOf(across);
    assert.deepEqual(sizes.slice(-6), [1449, 1450, 1451, 1499, 1500, 1501]);
    assert.ok(sizes.every((bytes, index) => index === 0 || bytes - (sizes[index - 1] ?? 0) <= 64));
    assert.equal(sizes[0], 104);
  });

  it("knows the narrow link, as packets are there with and without outer headers", async () => {
    const sizes = await sizesOf(across, "narrow-core");
    for (const mtu of [1350, 1400, 1450])
      for (const by of [-1, 0, 1]) assert.ok(sizes.includes(mtu + by), String(mtu + by));
    const plain = await sizesOf("none/pod-to-host/cross-subnet/v4/a1->b2", "narrow-core");
    assert.deepEqual(plain.slice(-6), [1399, 1400, 1401, 1499, 1500, 1501]);
  });

  it("keeps what must not pass on a socket of its own", async () => {
    const plan = await planOf("two-racks");
    for (const { bytes, flow } of planSizeSweep(expectationOf(plan, across), 64))
      assert.equal(flow, bytes > 1450 ? 1 : 0);
  });

  it("tries few sizes of 9000 bytes", async () => {
    const sizes = await sizesOf(across, "jumbo");
    assert.ok(sizes.length < 110 && sizes.includes(8950) && sizes.includes(9001), String(sizes.length));
  });

  it("finds the borders of a hole to the byte with two refinements", async () => {
    const expectation = expectationOf(await planOf("two-racks"), across);
    const passes = (bytes: number): boolean => bytes <= 1450 && (bytes < 1150 || bytes > 1250);
    let known = planSizeSweep(expectation, 64).map(({ bytes }) => ({ bytes, answered: passes(bytes) }));
    for (let round = 0; round < 2; round += 1) {
      const more = refineSizeSweep(expectation, known).map(({ bytes }) => ({ bytes, answered: passes(bytes) }));
      assert.ok(more.length <= 16);
      known = [...known, ...more];
    }
    const answered = (bytes: number) => known.find((one) => one.bytes === bytes)?.answered;
    assert.deepEqual([1149, 1150, 1250, 1251].map(answered), [true, false, false, true]);
    assert.deepEqual(refineSizeSweep(expectation, known), []);
  });
});

import assert from "node:assert/strict";
import { enumeratePaths } from "../encap/enumerate.ts";
import { expectPath } from "../encap/expect.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import { costFixture } from "../measure/cost.fixture.ts";
import { parseCostLimit } from "../measure/limit.ts";
import type { Sample, SideName } from "../measure/sample.ts";
import { idleGates, measuredOutcome, type MeasuredMode } from "./measured.ts";
import type { MeasuringChoice } from "./order.ts";

const plain: MeasuringChoice = { compared: "plain", seed: 1, limits: [] };

async function measured(levels: Partial<Record<SideName, number>>, failure?: string): Promise<MeasuredMode> {
  const mode = modeOf("vxlan-cross-subnet");
  const plan = await planOf("two-racks");
  const identities = identitiesFromAllocation(plan, mode);
  const labs = Array.from({ length: 6 }, (_, lab) => ({
    samples: [0, 1].flatMap((round) =>
      Object.entries(levels).map(([side, level]): Sample => ({
        locality: "cross-subnet",
        family: 4,
        form: "vxlan",
        exercise: "tcp",
        side: side as SideName,
        lab,
        round,
        startedAt: "2026-01-01T00:00:00.000Z",
        reading:
          failure !== undefined && lab === 3 && side === "plain"
            ? { values: {}, failure }
            : { values: { throughput: level * (1 + 0.01 * ((lab + round) % 3)) } },
        use: { busySeconds: 1, busy: 0.5, stolen: 0, load: 1 },
        foreign: 0,
      })),
    ),
    conditions: { kernel: "6.1" },
  }));
  const expectations = enumeratePaths(plan, mode, "quick").map((path) => expectPath(plan, mode, identities, path));
  return { mode, expectations, labs, convergences: [0.1, 0.2, 0.1, 0.3, 0.1, 0.2] };
}

describe("what measuring a mode comes to", () => {
  it("is costs with the ratio by bytes alone, and the figures of every side with their conditions", async () => {
    const plan = await planOf("two-racks");
    const { costs, measurements, troubles, verdicts } = measuredOutcome(
      { plan, measuring: plain },
      await measured({ mode: 9, again: 9, plain: 10, host: 12 }),
    );
    const by = Object.fromEntries(costs.map(({ baseline, byBytes }) => [baseline, byBytes]));
    assert.ok(Math.abs((by.plain ?? 0) - 1488 / 1538) < 1e-9 && Math.abs((by.host ?? 0) - 1398 / 1448) < 1e-9);
    assert.deepEqual(
      measurements.map(({ id, samples }) => [id, samples.length]),
      [
        ["vxlan-cross-subnet/throughput/cross-subnet", 12],
        ["vxlan-cross-subnet/throughput/plain cross-subnet", 12],
        ["vxlan-cross-subnet/throughput/host-to-host cross-subnet", 12],
        ["vxlan-cross-subnet/converge/all labs", 6],
      ],
    );
    assert.deepEqual([measurements[0]?.conditions.kernel, measurements[0]?.conditions.labs], ["6.1", "6"]);
    assert.deepEqual([troubles, verdicts], [[], []]);
  });

  it("is red where an order's limit is broken", async () => {
    const limits = [parseCostLimit("vxlan/cross-subnet/throughput=5%")];
    const order = { plan: await planOf("two-racks"), measuring: { ...plain, limits } };
    const { verdicts } = measuredOutcome(order, await measured({ mode: 9, again: 9.001, plain: 10 }));
    assert.deepEqual(
      verdicts.map(({ check, status }) => [check, status]),
      [["max-cost", "fail"]],
    );
  });

  it("is trouble where samples failed, and the rest counts", async () => {
    const order = { plan: await planOf("two-racks"), measuring: plain };
    const { costs, troubles } = measuredOutcome(order, await measured({ mode: 9, again: 9, plain: 10 }, "refused"));
    assert.equal(costs[0]?.pairs.length, 10);
    assert.match(troubles[0]?.message ?? "", /lab 4, cross-subnet, plain, tcp: refused \(and 1 more\)/);
  });
});

describe("a limit that meets nothing", () => {
  it("is trouble, and no pass", () => {
    const limits = [parseCostLimit("ipip/cross-subnet/throughput=5%")];
    const order = { measuring: { ...plain, limits } };
    assert.match(idleGates(order, [costFixture()])[0]?.message ?? "", /^--max-cost ipip.*nothing of this kind/);
    assert.deepEqual(idleGates(order, [costFixture({ form: "ipip" })]), []);
  });
});

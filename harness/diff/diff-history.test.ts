import assert from "node:assert/strict";
import { nightsOf } from "../history/night.ts";
import { costFixture } from "../measure/cost.fixture.ts";
import type { RunRecord } from "../run/record.ts";
import { diffHistory } from "./diff-history.ts";

function night(index: number, ratio: number): RunRecord {
  const startedAt = new Date(Date.UTC(2026, 0, index + 1)).toISOString();
  const costs = [costFixture({ ratio, interval: [ratio * 0.98, ratio * 1.02], floor: 1.02 })];
  const scenarios = [{ mode: "vxlan-cross-subnet", provider: "netns", dataplane: "reference" }];
  const record = {
    id: `run${index}`,
    startedAt,
    topology: "two-racks",
    scenarios,
    costs,
    environment: { kernel: "6.1" },
  };
  return record as unknown as RunRecord;
}

/** Nights whose ratios vary by some 1 % around a level. */
const nights = (level: (index: number) => number, count = 14) =>
  Array.from({ length: count }, (_, index) => night(index, level(index) * (1 + ((index * 5) % 7) / 300))).flatMap(
    nightsOf,
  );

describe("diffHistory", () => {
  const usual = nights(() => 0.9);

  it("tells nothing of a night like the others", () => {
    const diff = diffHistory(usual, night(20, 0.91));
    assert.deepEqual([diff.costs, diff.alike, diff.worse, diff.before], [[], 1, false, "history of 14 nights"]);
  });

  it("finds a night that costs more than all before, and one that costs less", () => {
    const worse = diffHistory(usual, night(20, 0.63));
    assert.equal(worse.costs.length, 1);
    assert.ok(Math.abs((worse.costs[0]?.change.ratio ?? 0) - 0.63 / 0.909) < 0.01);
    assert.equal(worse.worse, true);
    assert.equal(
      diffHistory(
        nights(() => 0.63),
        night(20, 0.9),
      ).worse,
      false,
    );
  });

  it("compares with the level since the last change, and never with the run itself or later ones", () => {
    const stepped = nights((index) => (index < 7 ? 0.9 : 0.63));
    assert.deepEqual(diffHistory(stepped, night(20, 0.63)).costs, []);
    const { alike, incomparable } = diffHistory(usual, night(3, 0.9));
    assert.deepEqual([alike, incomparable], [0, 1]);
  });

  it("compares nothing with another topology's nights", () => {
    const elsewhere = usual.map((one) => ({ ...one, topology: "jumbo" }));
    const { alike, incomparable } = diffHistory(elsewhere, night(20, 0.1));
    assert.deepEqual([alike, incomparable], [0, 0]);
  });
});

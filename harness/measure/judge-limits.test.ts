import assert from "node:assert/strict";
import { UsageError } from "../core/errors.ts";
import type { Cost } from "./cost.ts";
import { costFixture, withoutInterval } from "./cost.fixture.ts";
import { idleLimits, judgeLimits } from "./judge-limits.ts";
import { parseCostLimit } from "./limit.ts";

const statusOf = (text: string, cost: Cost): string | undefined =>
  judgeLimits([parseCostLimit(text)], [cost])[0]?.status;

describe("limits of cost", () => {
  // Throughput falls by 20 %, surely by 15 and at most by 25.
  const cost = costFixture({ ratio: 0.8, interval: [0.75, 0.85], floor: 1.03 });

  it("are red only where the whole interval lies beyond them", () => {
    assert.equal(statusOf("vxlan/cross-subnet/throughput=14%", cost), "fail");
    assert.equal(statusOf("vxlan/cross-subnet/throughput=20%", cost), "inconclusive");
    assert.equal(statusOf("vxlan/cross-subnet/throughput=26%", cost), "pass");
  });

  it("are not red within the noise floor", () => {
    assert.equal(statusOf("vxlan/cross-subnet/throughput=5%", { ...cost, floor: 1.3 }), "inconclusive");
    assert.equal(statusOf("vxlan/cross-subnet/throughput=26%", { ...cost, floor: 1.3 }), "pass");
  });

  it("take more time for a cost too", () => {
    const slower = costFixture({ metric: "rtt-p50", better: "lower", ratio: 1.4, interval: [1.3, 1.5], floor: 1.02 });
    assert.equal(statusOf("vxlan/cross-subnet/rtt-p50=25%", slower), "fail");
    assert.equal(statusOf("vxlan/cross-subnet/rtt-p50=55%", slower), "pass");
  });

  it("say what would settle it where they cannot tell", () => {
    const few = withoutInterval(cost);
    const [verdict] = judgeLimits([parseCostLimit("vxlan/*/throughput=1%")], [few]);
    assert.equal(verdict?.status, "inconclusive");
    assert.match(verdict.reason ?? "", /too few for an interval: measure with --profile full/);
  });

  it("speak of forms, modes, localities and baselines", () => {
    const idle = (text: string): number => idleLimits([parseCostLimit(text)], [cost]).length;
    assert.equal(idle("*/*/throughput=1%"), 0);
    assert.equal(idle("vxlan-cross-subnet/cross-subnet/throughput/plain=1%"), 0);
    assert.equal(idle("ipip/*/throughput=1%"), 1);
    assert.equal(idle("vxlan/same-subnet/throughput=1%"), 1);
    assert.equal(idle("vxlan/cross-subnet/throughput/host=1%"), 1);
    assert.equal(idle("vxlan/cross-subnet/rtt-p50=1%"), 1);
  });

  it("refuse what cannot be read, and name what could", () => {
    for (const text of ["vxlan=15%", "vxlan/cross-subnet/throughput=15", "vxlan/cross-subnet/throughput=-1%", ""]) {
      assert.throws(() => parseCostLimit(text), UsageError, text);
    }
    assert.throws(() => parseCostLimit("vxlan/cross-subnet/speed=15%"), /"speed" is not one of throughput, /);
    assert.throws(() => parseCostLimit("gre/cross-subnet/throughput=15%"), /"gre" is not one of plain, ipip, vxlan/);
    assert.throws(() => parseCostLimit("vxlan/rack/throughput=15%"), /"rack" is not one of same-node/);
    assert.throws(() => parseCostLimit("vxlan/cross-subnet/loss=15%"), /"loss" is not one of/);
  });
});

import assert from "node:assert/strict";
import { costFixture, withoutInterval } from "../measure/cost.fixture.ts";
import { renderCosts } from "./render-costs.ts";
import { plainStyle } from "./style.ts";

describe("renderCosts", () => {
  it("tells a cost with interval, noise and the ratio by bytes, and what lies within the noise", () => {
    const lines = renderCosts(
      [
        costFixture({ ratio: 0.898, interval: [0.88, 0.919], byBytes: 0.9675 }),
        costFixture({ metric: "rtt-p50", better: "lower", ratio: 1.004, interval: [0.99, 1.02], finding: "none" }),
      ],
      plainStyle,
    );
    assert.deepEqual(lines, [
      "  · VXLAN cross-subnet against plain packets on the same wires, 12 pairs in 6 labs, 95 % intervals:",
      "    throughput    -10 %  [-12, -8.1]       costs (floor 2.0 %, seen from 4.8 %) · by bytes alone -3.2 %",
      "    rtt-p50      +0.4 %  [-1.0, +2.0]      no difference above the noise (floor 2.0 %, seen from 5.0 %)",
    ]);
  });

  it("puts figures of few pairs into one line that says what they are worth", () => {
    const few = withoutInterval(
      costFixture({ finding: "indicative", labs: 1, pairs: [{ mode: 9, baseline: 10, lab: 0, busy: true }] }),
    );
    assert.deepEqual(renderCosts([few, { ...few, metric: "cpu-sender", ratio: 1.13 }], plainStyle), [
      "  · VXLAN cross-subnet against plain packets on the same wires (indicative, 1 pair in 1 lab, 1 of them on a busy machine): throughput -10 %, cpu-sender +13 %",
    ]);
  });

  it("says against what: the bare nodes, or the mode itself", () => {
    const [host, self] = [costFixture({ baseline: "host" }), costFixture({ baseline: "self" })];
    const heads = renderCosts([host, self], plainStyle).filter((line) => line.startsWith("  ·"));
    assert.match(heads[0] ?? "", /against the bare nodes/);
    assert.match(heads[1] ?? "", /against itself \(A\/A\)/);
  });
});

import assert from "node:assert/strict";
import { costFixture, withoutInterval } from "../measure/cost.fixture.ts";
import { renderCostSvg } from "./cost-svg.ts";

describe("the picture of costs", () => {
  it("shows every metric with its estimate, its interval, its floor and its pairs", () => {
    const svg = renderCostSvg([
      costFixture(),
      costFixture({ metric: "rtt-p50", better: "lower", ratio: 1.38, interval: [1.37, 1.39] }),
    ]);
    assert.match(svg, /VXLAN cross-subnet against plain packets/);
    assert.match(svg, /-10 %.*\+38 %/s);
    assert.equal(svg.match(/class="node"/g)?.length, 2);
    assert.equal(svg.match(/class="bar base"/g)?.length, 24);
    assert.doesNotMatch(svg, /NaN|Infinity/);
  });

  it("does without interval and floor where pairs are few", () => {
    const svg = renderCostSvg([withoutInterval(costFixture({ finding: "indicative" }))]);
    assert.doesNotMatch(svg, /class="node"|NaN/);
  });
});

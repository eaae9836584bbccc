import assert from "node:assert/strict";
import { reasonToEnd } from "./reason-to-end.ts";

const design = { labs: 6, roundsPerLab: 2 };
const until = { halfWidth: 0.02, mostMinutes: 60 };
const costs = (half: number) => () => [
  { metric: "throughput" as const, interval: [Math.exp(-half), Math.exp(half)] as const },
  { metric: "jitter" as const, interval: [0.5, 2] as const },
];

describe("the reason to end measuring", () => {
  it("is the design's number of labs where there is no target", () => {
    assert.equal(reasonToEnd({ design }, { labs: 5, minutes: 999, costs: costs(1) }), undefined);
    assert.equal(reasonToEnd({ design }, { labs: 6, minutes: 0, costs: costs(1) }), "");
  });

  it("is the target, once every interval of throughput is as narrow, and never before the design's labs", () => {
    assert.equal(reasonToEnd({ design, until }, { labs: 5, minutes: 1, costs: costs(0.01) }), undefined);
    assert.equal(reasonToEnd({ design, until }, { labs: 8, minutes: 1, costs: costs(0.021) }), undefined);
    assert.equal(
      reasonToEnd({ design, until }, { labs: 8, minutes: 99, costs: costs(0.019) }),
      "its target: every interval of throughput lies within ± 2 %, after 8 labs",
    );
  });

  it("is the time limit otherwise, and tells how far it came", () => {
    assert.equal(
      reasonToEnd({ design, until }, { labs: 9, minutes: 61, costs: costs(0.053) }),
      "the time limit of 60 min, after 9 labs; the target was ± 2 %, the widest at ± 5.3 %",
    );
    const none = () => [{ metric: "throughput" as const }];
    assert.match(reasonToEnd({ design, until }, { labs: 9, minutes: 61, costs: none }) ?? "", /the target was ± 2 %$/);
  });
});

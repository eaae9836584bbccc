import assert from "node:assert/strict";
import type { RunDiff } from "../diff/run-diff.ts";
import { renderDiffMarkdown, renderDiffText } from "./render-diff.ts";

function change(ratio: number): RunDiff["costs"][number]["change"] {
  return { ratio, interval: [ratio - 0.02, ratio + 0.02], floor: 1.02, p: 0 };
}

const diff: RunDiff = {
  before: "aaaaa",
  after: "bbbbb",
  verdicts: [{ id: "x/pod-to-pod", check: "reached", before: "pass", after: "fail", reason: "lost at tor" }],
  pathsGone: [],
  pathsNew: [],
  overhead: [],
  mtu: [],
  costs: [
    { id: "x/cost", metric: "throughput", better: "higher", change: change(0.7) },
    { id: "x/throughput/host", metric: "throughput", better: "higher", follows: "x/cost", change: change(0.72) },
    { id: "x/cpu", metric: "cpu-sender", better: "lower", follows: "x/cost", change: change(1.3) },
  ],
  convergence: [],
  alike: 9,
  incomparable: 1,
  worse: true,
};

describe("a difference of runs", () => {
  it("reads as text", () => {
    assert.deepEqual(renderDiffText(diff).split("\n"), [
      "aaaaa → bbbbb",
      "verdicts",
      "  x/pod-to-pod reached: pass → fail: lost at tor",
      "costs, beyond the noise of both runs",
      "  x/cost: worse, -30 % [-32, -28]; the same by throughput/host -28 % [-30, -26]; with it, processor time for each Gbit: cpu-sender +30 % [+28, +32]",
      "WORSE · 9 costs and times differ by no more than noise, 1 not comparable (too few samples, a busy machine, or flows of another speed)",
    ]);
  });

  it("reads as Markdown", () => {
    assert.match(renderDiffMarkdown(diff), /^### aaaaa → bbbbb\n\n\*\*verdicts\*\*\n\n- x\/pod-to-pod/);
  });
});

import assert from "node:assert/strict";
import { costFixture, withoutInterval } from "./cost.fixture.ts";
import { judgeBaseline } from "./judge-baseline.ts";

describe("the gate against a baseline run", () => {
  const before = costFixture({ ratio: 0.9, interval: [0.89, 0.91], floor: 1.01 });
  const statusAt = (ratio: number, most: number): string | undefined => {
    const after = costFixture({ ratio, interval: [ratio - 0.01, ratio + 0.01], floor: 1.01 });
    return judgeBaseline({ id: "abcde", costs: [before] }, [after], most)[0]?.status;
  };

  it("is red only where the whole change lies beyond the limit", () => {
    assert.equal(statusAt(0.63, 0.1), "fail");
    assert.equal(statusAt(0.9, 0.05), "pass");
    assert.equal(statusAt(0.95, 0.05), "pass");
    assert.equal(statusAt(0.855, 0.05), "inconclusive");
  });

  it("does not tell where a run has too few pairs, and says nothing of costs that the baseline lacks", () => {
    const few = withoutInterval(before);
    assert.equal(judgeBaseline({ id: "abcde", costs: [few] }, [before], 0.05)[0]?.status, "inconclusive");
    assert.deepEqual(judgeBaseline({ id: "abcde", costs: [] }, [before], 0.05), []);
  });
});

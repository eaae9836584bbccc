import assert from "node:assert/strict";
import { validate } from "ctrf";
import { renderCtrf } from "./ctrf.ts";
import { brokenRun, failingId, failingRun, inconclusiveId, passingRun } from "./sample-records.fixture.ts";

describe("CTRF", () => {
  it("is as its schema says, whatever came of the run", () => {
    for (const record of [passingRun(), failingRun(), brokenRun()]) {
      assert.deepEqual(validate(renderCtrf(record)), { valid: true, errors: [] });
    }
    assert.equal(validate({ ...renderCtrf(passingRun()), reportFormat: "other" }).valid, false);
  });

  it("keeps what is inconclusive apart from passed and failed", () => {
    const { summary, tests } = renderCtrf(failingRun()).results;
    const statusOf = (id: string): string | undefined => tests.find(({ testId }) => testId === id)?.status;
    assert.deepEqual([statusOf(failingId), statusOf(inconclusiveId)], ["failed", "other"]);
    assert.deepEqual([summary.failed, summary.other, summary.skipped], [1, 1, 1]);
    assert.equal(summary.passed + 3, summary.tests);
  });
});

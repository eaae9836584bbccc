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

  it("gives each release that a run compares ids of its own", () => {
    const run = passingRun();
    const variants = ["v3.30.7", "v3.32.1"];
    const record = {
      ...run,
      scenarios: variants.flatMap((variant) => run.scenarios.map((scenario) => ({ ...scenario, variant }))),
      verdicts: variants.flatMap((variant) => run.verdicts.map((verdict) => ({ ...verdict, variant }))),
    };
    const { tests } = renderCtrf(record).results;
    assert.equal(tests.length, 2 * renderCtrf(run).results.tests.length);
    const judged = tests.filter(({ status }) => status === "passed");
    assert.equal(new Set(judged.map(({ testId }) => testId)).size, judged.length);
    assert.ok(judged.some(({ testId, suite }) => testId === `${failingId} (v3.30.7)` && suite[0]?.includes("v3.30.7")));
  });

  it("keeps what is inconclusive apart from passed and failed", () => {
    const { summary, tests } = renderCtrf(failingRun()).results;
    const statusOf = (id: string): string | undefined => tests.find(({ testId }) => testId === id)?.status;
    assert.deepEqual([statusOf(failingId), statusOf(inconclusiveId)], ["failed", "other"]);
    assert.deepEqual([summary.failed, summary.other, summary.skipped], [1, 1, 1]);
    assert.equal(summary.passed + 3, summary.tests);
  });
});

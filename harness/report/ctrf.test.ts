import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Ajv, type AnySchema } from "ajv";
import { renderCtrf } from "./ctrf.ts";
import { brokenRun, failingId, failingRun, inconclusiveId, passingRun } from "./sample-records.fixture.ts";

describe("CTRF", () => {
  it("is as its schema says, whatever came of the run", async () => {
    const folder = dirname(createRequire(import.meta.url).resolve("ctrf"));
    const schema = JSON.parse(await readFile(join(folder, "ctrf-schema-0.0.json"), "utf8")) as AnySchema;
    const ajv = new Ajv({ strict: false, formats: { uuid: true, "date-time": true, uri: true } });
    const isValid = ajv.compile(schema);
    for (const record of [passingRun(), failingRun(), brokenRun()]) {
      assert.ok(isValid(renderCtrf(record)), ajv.errorsText(isValid.errors));
    }
    assert.equal(isValid({ ...renderCtrf(passingRun()), reportFormat: "other" }), false);
  });

  it("keeps what is inconclusive apart from passed and failed", () => {
    const { summary, tests } = renderCtrf(failingRun()).results;
    const statusOf = (id: string): string | undefined => tests.find(({ testId }) => testId === id)?.status;
    assert.deepEqual([statusOf(failingId), statusOf(inconclusiveId)], ["failed", "other"]);
    assert.deepEqual([summary.failed, summary.other, summary.skipped], [1, 1, 1]);
    assert.equal(summary.passed + 3, summary.tests);
  });
});

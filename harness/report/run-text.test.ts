import assert from "node:assert/strict";
import { failingRun } from "./sample-records.fixture.ts";
import { runText } from "./run-text.ts";

describe("the text of run.json", () => {
  it("says the same as JSON.stringify", () => {
    const record = failingRun();
    assert.deepEqual(JSON.parse(runText(record)), JSON.parse(JSON.stringify(record)));
  });

  it("has a line for each verdict and each path, and no more", () => {
    const record = failingRun();
    const lines = runText(record).split("\n");
    const whole = (text: string): boolean => lines.some((line) => line.trim().replace(/,$/, "") === text);
    for (const verdict of record.verdicts) assert.ok(whole(JSON.stringify(verdict)), verdict.id);
    for (const { paths } of record.scenarios) for (const path of paths) assert.ok(whole(JSON.stringify(path)));
  });
});

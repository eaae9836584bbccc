import assert from "node:assert/strict";
import { renderGrids } from "./render-grid.ts";
import { outcomesOf, type PathOutcome } from "./path-outcome.ts";
import { failingRun } from "./sample-records.fixture.ts";
import { plainStyle } from "./style.ts";

describe("the grid", () => {
  it("keeps a space between a title and the head of its columns, in two families too, and the columns aligned", () => {
    const run = failingRun();
    const outcomes = run.scenarios.flatMap((scenario) => outcomesOf(scenario, run.verdicts));
    const lines = renderGrids(outcomes, { style: plainStyle, all: true });
    const heads = lines.filter((line) => /\bto [a-z]\d/.test(line));
    assert.ok(heads.length > 0);
    for (const head of heads) assert.match(head, /^ {4}\S+( v[46])? +to /);
    assert.ok(!lines.some((line) => /v[46]to/.test(line)));
  });

  it("calls a target what its path calls it", () => {
    const run = failingRun();
    const outcomes = run.scenarios.flatMap((scenario) => outcomesOf(scenario, run.verdicts));
    const [first] = outcomes.flatMap(({ path }) => path ?? []);
    assert.ok(first !== undefined);
    const { expectation } = first;
    const path = { ...expectation.path, targetName: "a2-p7" };
    const named = { ...outcomes[0], path: { ...first, expectation: { ...expectation, path } } } as PathOutcome;
    assert.match(renderGrids([named], { style: plainStyle, all: true }).join("\n"), /to a2-p7\b/);
  });
});

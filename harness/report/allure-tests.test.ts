import assert from "node:assert/strict";
import type { RunRecord } from "../run/record.ts";
import type { AllureStep, AllureTest } from "./allure-item.ts";
import { allureTests } from "./allure-tests.ts";
import { captureBudget } from "./capture-budget.ts";
import { examplesOf } from "./examples.ts";
import { reportedRun } from "./reported-run.ts";
import { failingId, failingRun } from "./sample-records.fixture.ts";

describe("Allure tests of a large lab", () => {
  const record = copied(failingRun(), 5);
  const tests = new Map(testsOf(record).map((test) => [test.id, test]));
  const examples = examplesOf(record);
  const paths = record.scenarios.flatMap((scenario) => scenario.paths);

  it("tell a passed path that looks like another one in one step, with what each check observed", () => {
    assert.ok(paths.length > 200, String(paths.length));
    const alike = paths.filter((path) => !examples.has(path)).map(({ expectation }) => expectation.path.id);
    const passed = alike.filter((id) => tests.get(id)?.status.toString() === "passed");
    assert.ok(passed.length > 150, String(passed.length));
    for (const id of passed) {
      const [step, ...more] = stepsOf(tests.get(id));
      const verdicts = record.verdicts.filter((verdict) => verdict.id === id);
      assert.deepEqual(more, []);
      assert.equal(step?.name, `${verdicts.filter(({ status }) => status !== "skip").length} checks as expected`);
      assert.match(step.parameters?.at(-1)?.value ?? "", /^npm run lab -- explain 7f3kq /);
      assert.deepEqual(
        step.parameters?.slice(0, -1).map(({ name, value }) => `${name}: ${value}`),
        verdicts.map(({ check, observed, status, reason }) =>
          status === "skip" ? `${check}: skipped, ${reason ?? ""}` : `${check}: ${observed}`,
        ),
      );
    }
  });

  it("tell examples and what is wrong check by check", () => {
    const shown = [...examples].map(({ expectation }) => expectation.path.id);
    for (const id of [...shown, failingId, `${failingId}-4`]) {
      const verdicts = record.verdicts.filter((verdict) => verdict.id === id);
      assert.equal(stepsOf(tests.get(id)).length, verdicts.length, id);
    }
  });

  it("tell every path of a small lab check by check", () => {
    const small = failingRun();
    for (const test of testsOf(small)) {
      const verdicts = small.verdicts.filter((verdict) => verdict.id === test.id);
      if (verdicts.length > 0) assert.equal(stepsOf(test).length, verdicts.length, test.id);
    }
  });
});

function testsOf(record: RunRecord): readonly AllureTest[] {
  const told = reportedRun(record);
  const examples = examplesOf(told.record);
  return [...allureTests({ ...told, folder: "", captureSizes: new Map(), pcaps: captureBudget(), examples })];
}

function stepsOf(test: AllureTest | undefined): readonly AllureStep[] {
  return (test?.content ?? []).filter((item) => item.kind === "step");
}

/** The same run with every path several times, under ids of their own. */
function copied(record: RunRecord, times: number): RunRecord {
  const suffixes = Array.from({ length: times }, (_, index) => (index === 0 ? "" : `-${index}`));
  return {
    ...record,
    scenarios: record.scenarios.map((scenario) => ({
      ...scenario,
      paths: suffixes.flatMap((suffix) =>
        scenario.paths.map((one) => {
          const { expectation } = one;
          const path = { ...expectation.path, id: `${expectation.path.id}${suffix}` };
          return { ...one, expectation: { ...expectation, path } };
        }),
      ),
    })),
    verdicts: suffixes.flatMap((suffix) =>
      record.verdicts.map((verdict) => ({ ...verdict, id: `${verdict.id}${suffix}` })),
    ),
  };
}

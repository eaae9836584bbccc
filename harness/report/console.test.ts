import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../core/clock.ts";
import type { RunEvent, RunRecord } from "../run/record.ts";
import type { Plan } from "../topology/plan.ts";
import { modes } from "../encap/mode.ts";
import { consoleListener, type ConsoleOptions } from "./console.ts";
import { brokenRun, failingRun, leakyRun, passingRun, secrets } from "./sample-records.fixture.ts";

/** Run with UPDATE_GOLDEN=1 to write the golden files anew; then read the difference. */
const update = process.env.UPDATE_GOLDEN === "1";

describe("console report", () => {
  const golden: Record<string, readonly [RunRecord, Partial<ConsoleOptions>]> = {
    passing: [passingRun(), {}],
    "passing-verbose": [passingRun(), { level: "verbose" }],
    "passing-quiet": [passingRun(), { level: "quiet" }],
    failing: [failingRun(), {}],
    "failing-quiet": [failingRun(), { level: "quiet" }],
    broken: [brokenRun(), {}],
  };
  for (const [name, [record, options]] of Object.entries(golden)) {
    it(`prints the ${name} run as in testdata/console-${name}.txt`, async () => {
      const text = printed(record, options);
      const file = join(import.meta.dirname, "testdata", `console-${name}.txt`);
      if (update) await writeFile(file, text);
      assert.equal(text, await readFile(file, "utf8"));
    });
  }

  it("prints no escape sequence unless asked for color or a live line", () => {
    for (const record of [passingRun(), failingRun(), brokenRun()]) assert.ok(!printed(record, {}).includes("\u001b"));
  });

  it("says the same with color as without", () => {
    const bare = printed(failingRun(), { color: true }).replace(/\u001b\[\d+m/g, "");
    assert.equal(bare, printed(failingRun(), {}));
    assert.notEqual(bare, printed(failingRun(), { color: true }));
  });

  it("numbers the columns where nodes have long names, as a cluster's have", () => {
    const record = JSON.stringify(passingRun());
    const renamed = record
      .replaceAll(/"node":"(a1|a2|b1|b2)"/g, '"node":"worker-$1.example"')
      .replaceAll(/->(a1|a2|b1|b2)"/g, '->worker-$1.example"');
    const long = JSON.parse(renamed) as RunRecord;
    const text = printed(long, {});
    assert.match(text, /^ {4}pod-to-pod +to 1 +2 +3 +4$/m);
    assert.match(text, /^ +from worker-a1\.example \(1\) {4}local ✔ {3}/m);
    const widths = text
      .split("\n")
      .flatMap((line) =>
        /^ +(?:from worker|pod-to-pod +to)/.test(line) ? [line.search(/local|plain|VXLAN|1 +2/)] : [],
      );
    assert.equal(new Set(widths).size, 1, text);
  });

  it("tells what happened on the way into the mode", () => {
    const run = passingRun();
    const scenarios = run.scenarios.map((each) => ({
      ...each,
      notes: ["felix on b1 ended with exit 129 and was started again"],
    }));
    assert.match(printed({ ...run, scenarios }, {}), /^ {2}· felix on b1 ended with exit 129 and was started again$/m);
  });

  it("updates one line on a terminal and leaves nothing of it behind", () => {
    const text = printed(passingRun(), { live: true });
    assert.match(text, /\r\u001b\[2K⠋ vxlan-cross-subnet build 0\.0 s · 0\.0 s in all/);
    const left = text
      .split("\n")
      .map((line) => line.slice(line.lastIndexOf("\u001b[2K") === -1 ? 0 : line.lastIndexOf("\u001b[2K") + 4))
      .join("\n");
    assert.ok(!left.includes("in all"), left);
    assert.match(left, /PASS {2}1 mode · 148 checks passed/);
  });

  it("cuts the live line to the width of the terminal, so that it never wraps", () => {
    const drawn = printed(passingRun(), { live: true, columns: 20 })
      .split("\r\u001b[2K")
      .filter((text) => /^[⠋-⠿]/.test(text));
    assert.ok(drawn.length > 0);
    for (const text of drawn) assert.ok((text.split("\n")[0] ?? "").length < 20, text);
  });

  it("counts a mode once that ran on several releases", () => {
    const run = passingRun();
    const scenarios = ["v3.30.7", "v3.32.1"].flatMap((variant) => run.scenarios.map((each) => ({ ...each, variant })));
    assert.match(printed({ ...run, scenarios }, { level: "quiet" }), /PASS {2}1 mode in 2 variants · 148 checks/);
  });

  it("says INCONCLUSIVE, INTERRUPTED or NOTHING CHECKED as the exit code says", () => {
    const last = (exitCode: RunRecord["exitCode"]): string =>
      printed({ ...passingRun(), exitCode }, { level: "quiet" });
    assert.match(last(3), /^INCONCLUSIVE /);
    assert.match(last(130), /^INTERRUPTED /);
    assert.match(last(2), /^NOTHING CHECKED /);
  });

  it("shows the first failure of each category in full and the others in two lines each", () => {
    const run = failingRun();
    const bad = new Set(run.scenarios[0]?.paths.slice(0, 12).map((path) => path.expectation.path.id));
    const verdicts = run.verdicts.map((one) =>
      bad.has(one.id) && one.check === "reached"
        ? { ...one, status: "fail" as const, category: "not reached" as const }
        : one,
    );
    const text = printed({ ...run, verdicts }, {});
    assert.equal(text.match(/^ {2}✘ \S+\/\S+/gm)?.length, 12);
    assert.match(text, /^ {2}✘ [a-z ]+ {2}12 items: a1->a1, /m);
    // The path that is otherwise inconclusive is among the twelve: a failure outweighs the doubt.
    assert.equal(text.match(/^ {6}again /gm)?.length, 1);
  });

  it("counts instead of drawing a grid when there are too many nodes for a terminal", () => {
    const run = passingRun();
    const scenarios = run.scenarios.map((scenario) => ({
      ...scenario,
      paths: Array.from({ length: 40 }, (_, index) => renumber(scenario.paths[0], index)).flat(),
    }));
    const verdicts = scenarios.flatMap(({ paths }) =>
      paths.map((path) => ({ ...run.verdicts[0], id: path.expectation.path.id }) as RunRecord["verdicts"][number]),
    );
    const text = printed({ ...run, scenarios, verdicts }, {});
    assert.match(text, /pod-to-pod +40 of 40 as expected \(40 local\)/);
  });

  it("prints no secret", () => {
    const text = printed(leakyRun(), { level: "verbose" });
    for (const secret of Object.values(secrets)) assert.ok(!text.includes(secret), secret);
  });
});

type PathRecord = RunRecord["scenarios"][number]["paths"][number];

function renumber(path: PathRecord | undefined, index: number): readonly PathRecord[] {
  if (path === undefined) return [];
  const { expectation } = path;
  const node = `n${index}`;
  const id = `vxlan-cross-subnet/pod-to-pod/same-node/v4/${node}->${node}`;
  const renamed = { ...expectation.path, id, source: { node }, target: { node } };
  return [{ ...path, expectation: { ...expectation, path: renamed } }];
}

/** All that a run's events print. The clock stands still, so that the text is always the same. */
function printed(record: RunRecord, options: Partial<ConsoleOptions>): string {
  const clock: Clock = { now: () => 0, sleep: () => Promise.resolve() };
  const parts: string[] = [];
  const listener = consoleListener({
    write: (text) => parts.push(text),
    live: false,
    columns: 120,
    color: false,
    level: "normal",
    folderOf: (id) => `results/${id}`,
    labLine: () => "two-racks: rack-a 198.18.1.0/24 [a1 a2] ─ tor ─ rack-b 198.18.2.0/24 [b1 b2]",
    closing: () => ["report  results/7f3kq/allure-report/index.html"],
    clock,
    ...options,
  });
  for (const event of eventsOf(record)) void listener.on(event);
  listener.close();
  return parts.join("");
}

function eventsOf(record: RunRecord): readonly RunEvent[] {
  const plan = { topology: { name: record.topology, source: `topologies/${record.topology}.yaml` } } as Plan;
  const scenarios = record.scenarios.flatMap((scenario): readonly RunEvent[] => {
    const { mode: id, provider, dataplane, because } = scenario;
    const mode = modes.find((one) => one.id === id);
    const phases = scenario.phases.flatMap(({ phase, ms }): readonly RunEvent[] => [
      { kind: "phase-started", mode: id, phase },
      { kind: "phase-ended", mode: id, phase, ms },
    ]);
    const measurements = record.measurements.filter((measurement) => measurement.mode === id);
    return [
      ...(mode === undefined ? [] : [{ kind: "choice" as const, mode, provider, dataplane, because }]),
      ...phases,
      { kind: "scenario-ended", scenario, verdicts: record.verdicts, measurements },
    ];
  });
  return [
    { kind: "run-started", id: record.id, plan, environment: record.environment },
    ...scenarios,
    ...record.troubles.map((trouble): RunEvent => ({ kind: "trouble", trouble })),
    { kind: "run-ended", record, folder: `results/${record.id}` },
  ];
}

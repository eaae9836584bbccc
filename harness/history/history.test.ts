import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../core/errors.ts";
import { costFixture, withoutInterval } from "../measure/cost.fixture.ts";
import type { Cost } from "../measure/cost.ts";
import type { RunRecord } from "../run/record.ts";
import { addToHistory, historyFile, isHistory, readHistory } from "./history-file.ts";
import { nightsOf } from "./night.ts";
import { presentLevel, trendsOf } from "./trend.ts";

function runOf(night: number, costs: readonly Cost[]): RunRecord {
  const startedAt = new Date(Date.UTC(2026, 0, night, 2)).toISOString();
  const scenarios = [{ mode: "vxlan-cross-subnet", provider: "netns", dataplane: "reference", kernel: "6.1" }];
  const record = {
    id: `run${night}`,
    startedAt,
    topology: "two-racks",
    scenarios,
    costs,
    environment: { kernel: "5.4" },
  };
  return record as unknown as RunRecord;
}

const costing = (ratio: number): Cost => costFixture({ ratio, interval: [ratio * 0.98, ratio * 1.02] });

describe("the history of costs", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-history-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("has a line for each ratio and night, in order of time, and none for what is indicative", async () => {
    await addToHistory(folder, nightsOf(runOf(2, [costing(0.9), withoutInterval(costing(0.8))])));
    await addToHistory(folder, nightsOf(runOf(1, [costing(0.91)])));
    const lines = (await readFile(join(folder, historyFile), "utf8")).trimEnd().split("\n");
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { run: string; kernel: string; ratio: number }).run),
      ["run1", "run2"],
    );
    const [first] = await readHistory(folder);
    assert.deepEqual([first?.ratio, first?.kernel, first?.provider, first?.pairs], [0.91, "6.1", "netns", 12]);
  });

  it("does not grow when the reports of a run are made again", async () => {
    for (const ratio of [0.9, 0.7]) await addToHistory(folder, nightsOf(runOf(1, [costing(ratio)])));
    assert.deepEqual(
      (await readHistory(folder)).map(({ ratio }) => ratio),
      [0.7],
    );
  });

  it("marks the night from which on a ratio has another level, for each series alone", () => {
    const night = (index: number) =>
      runOf(index, [costing(index < 8 ? 0.9 : 0.7), costFixture({ metric: "throughput-4" })]);
    const trends = trendsOf(Array.from({ length: 16 }, (_, index) => night(index)).flatMap(nightsOf));
    assert.deepEqual(
      trends.map(({ changes }) => changes),
      [[8], []],
    );
    assert.deepEqual(
      trends.map((trend) => presentLevel(trend).length),
      [8, 16],
    );
  });

  it("tells a history from a run, and the line that is damaged", async () => {
    assert.equal(await isHistory(folder), false);
    await addToHistory(folder, nightsOf(runOf(1, [costing(0.9)])));
    assert.deepEqual([await isHistory(folder), await isHistory(join(folder, historyFile))], [true, true]);
    const whole = await readFile(join(folder, historyFile), "utf8");
    for (const [line, says] of [
      ["{broken", /not JSON/],
      ['{"run":"x"}', /lacks "startedAt"/],
      [whole.trimEnd().replace('"ratio":0.9', '"ratio":0'), /lacks "ratio"/],
    ] as const) {
      await writeFile(join(folder, historyFile), whole + line);
      await assert.rejects(readHistory(folder), (error: unknown) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, says);
        assert.match(error.details.where ?? "", /costs\.ndjson:2$/);
        return true;
      });
    }
  });
});

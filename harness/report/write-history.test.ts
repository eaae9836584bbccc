import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { costFixture } from "../measure/cost.fixture.ts";
import type { RunRecord } from "../run/record.ts";
import { passingRun } from "./sample-records.fixture.ts";
import { writeHistory } from "./write-history.ts";

describe("the history folder", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-trend-"));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const night = (index: number, ratio: number): RunRecord => ({
    ...passingRun(),
    id: `run${index}`,
    startedAt: new Date(Date.UTC(2026, 0, index + 1)).toISOString(),
    costs: [costFixture({ ratio, interval: [ratio * 0.98, ratio * 1.02] })],
  });

  it("gets lines, CSV and a trend with every night and the change of level", async () => {
    for (let index = 0; index < 16; index += 1) await writeHistory(night(index, index < 8 ? 0.9 : 0.7), folder);
    const csv = (await readFile(join(folder, "costs.csv"), "utf8")).trimEnd().split("\n");
    assert.equal(csv.length, 17);
    assert.match(
      csv[1] ?? "",
      /^run0,2026-01-01T00:00:00\.000Z,vxlan-cross-subnet\/cost\/cross-subnet\/v4\/throughput\/plain,,/,
    );
    const [picture = "", ...others] = await readdir(join(folder, "trends"));
    assert.deepEqual(others, []);
    assert.match(picture, /^vxlan-cross-subnet-cross-subnet-v4-against-plain-two-racks-.*\.svg$/);
    const svg = await readFile(join(folder, "trends", picture), "utf8");
    assert.equal(svg.match(/class="bar( tunnel)?"/g)?.length, 16);
    assert.equal(svg.match(/class="change"/g)?.length, 1);
    assert.match(svg, />2026-01-09</);
    assert.doesNotMatch(svg, /NaN|Infinity/);
  });

  it("stays empty where nothing was measured with an interval", async () => {
    await writeHistory({ ...passingRun(), costs: [] }, folder);
    assert.deepEqual(await readdir(folder), []);
  });
});

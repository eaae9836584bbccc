import assert from "node:assert/strict";
import { join } from "node:path";
import { rm } from "node:fs/promises";
import type { RunDiff } from "../../diff/run-diff.ts";
import { addToHistory } from "../../history/history-file.ts";
import { nightsOf } from "../../history/night.ts";
import { costFixture } from "../../measure/cost.fixture.ts";
import { passingRun } from "../../report/sample-records.fixture.ts";
import { createResultsFolder, saveRun } from "../../report/store.ts";
import type { RunRecord } from "../../run/record.ts";
import { newOut, runCli } from "./run-cli.fixture.ts";

/** A run whose tunnel has a share of the throughput of plain packets; round trips are the same in all. */
function runWith(id: string, ratio: number, night = 0): RunRecord {
  const wiggle = 1 + ((night * 5) % 7) / 300;
  const near = (value: number) => ({ ratio: value, interval: [value * 0.99, value * 1.01] as const, floor: 1.02 });
  return {
    ...passingRun(),
    id,
    startedAt: new Date(Date.UTC(2026, 0, night + 1)).toISOString(),
    costs: [
      costFixture({ metric: "throughput", ...near(ratio * wiggle) }),
      costFixture({ metric: "rtt-p50", better: "lower", ...near(1.36 * wiggle) }),
    ],
  };
}

describe("lab diff, end to end", function () {
  this.timeout(60_000);
  let out: string;
  before(async () => {
    out = await newOut();
    for (const [id, ratio] of [
      ["sound", 0.95],
      ["again", 0.953],
      ["limited", 0.65],
    ] as const)
      await saveRun(await createResultsFolder(out, id), runWith(id, ratio, 20));
    for (let night = 0; night < 8; night += 1)
      await addToHistory(join(out, "history"), nightsOf(runWith(`night${night}`, 0.95, night)));
  });
  after(() => rm(out, { recursive: true }));
  const diff = (...argv: readonly string[]) => runCli("diff", ...argv, "--out", out);
  const cost = "vxlan-cross-subnet/cost/cross-subnet/v4/throughput/plain";

  it("says nothing of two sound runs, exit 0", async () => {
    const { code, stdout } = await diff("sound", "again");
    assert.equal(code, 0, stdout);
    assert.equal(stdout, "sound → again\nNOT WORSE · 2 costs and times differ by no more than noise\n");
  });

  it("reports the limited tunnel and nothing else, exit 1, as JSON too", async () => {
    const { code, stdout } = await diff("sound", "limited", "--format", "json");
    assert.equal(code, 1, stdout);
    const found = JSON.parse(stdout) as RunDiff;
    assert.deepEqual(
      found.costs.map(({ id }) => id),
      [cost],
    );
    assert.deepEqual(
      [found.verdicts, found.mtu, found.overhead, found.convergence, found.pathsGone],
      [[], [], [], [], []],
    );
    assert.deepEqual([found.alike, found.worse], [1, true]);
  });

  it("compares a run with the nights before it, as Markdown, in either order", async () => {
    const history = join(out, "history");
    const limited = await diff(history, "limited", "--format", "markdown");
    assert.equal(limited.code, 1, limited.stderr);
    assert.match(
      limited.stdout,
      /^### history of 8 nights → limited\n\n\*\*costs, .*\*\*\n\n- vxlan.*throughput\/plain: worse, -3\d %/,
    );
    const sound = await diff("sound", history);
    assert.deepEqual(
      [sound.code, sound.stdout.split("\n")[1]],
      [0, "NOT WORSE · 2 costs and times differ by no more than noise"],
    );
  });

  it("refuses two histories and runs that there are not, exit 2", async () => {
    const both = await diff(join(out, "history"), join(out, "history"));
    assert.equal(both.code, 2);
    assert.match(both.stderr, /both are histories; one of them must be a run\n {2}fix/);
    assert.equal((await diff("sound", "nosuch")).code, 2);
  });
});

import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineSuite, runSuites } from "./index.ts";

const oneQuestion = defineSuite({
  name: "own/reached",
  proves: "Pods answer each other.",
  modes: ["vxlan-always"],
  mustInclude: [],
  probes: ["ping"],
  checks: ["reached", "not-encapsulated", "encapsulated"],
});

describe("runSuites", function () {
  this.timeout(60_000);
  let out = "";
  beforeEach(async () => {
    out = await mkdtemp(join(tmpdir(), "encaplab-api-"));
  });
  afterEach(() => rm(out, { recursive: true }));

  it("runs a declared suite and a Mocha file, prints nothing, and returns the record", async () => {
    await writeFile(join(out, "own.suite.ts"), 'it("is there", () => {});');
    const suites = [oneQuestion, join(out, "own.suite.ts")];
    const paths = ["pod-to-pod/cross-subnet/v4/a1->b1"];
    const record = await runSuites({ suites, paths, out, provider: "netns", modes: ["VXLAN"], reports: false });
    assert.equal(record.exitCode, 0);
    const told = record.verdicts.map(({ id, check, status }) => `${status} ${check} ${id}`);
    assert.deepEqual(told, [
      "pass encapsulated vxlan-always/pod-to-pod/cross-subnet/v4/a1->b1",
      "pass reached vxlan-always/pod-to-pod/cross-subnet/v4/a1->b1",
      "pass test tests/own/is there",
    ]);
    assert.ok((await readdir(join(out, record.id))).includes("run.json"));
  });

  it("throws for wrong usage", async () => {
    const modes = ["CrossSubnet"];
    await assert.rejects(runSuites({ suites: [oneQuestion], modes, out }), /no suite covers IPIPCrossSubnet, VXLAN/);
    await assert.rejects(runSuites({ modes: ["nonsense"], out }), /unknown mode/);
    await assert.rejects(runSuites({ fault: "nonsense", out }), /unknown fault "nonsense"$/);
    await assert.rejects(runSuites({ fault: "plain-leek", out }), /unknown fault .* \(did you mean plain-leak\?\)/);
    await assert.rejects(runSuites({ suites: [join(out, "gone")], out }), /does not exist/);
  });
});

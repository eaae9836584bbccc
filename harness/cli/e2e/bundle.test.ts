import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { latestRun, runCli } from "./run-cli.fixture.ts";

const recorded = join(import.meta.dirname, "..", "..", "bundle", "testdata");

// The worked example of docs/bundles.md.
describe("from a bundle to a red test", function () {
  this.timeout(60_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-e2e-"));
    for (const name of ["sound", "planted"]) await cp(join(recorded, name), join(folder, "diags"), { recursive: true });
  });
  after(() => rm(folder, { recursive: true }));

  it("explains a sound bundle with exit 0, and one with two offenders with exit 1", async () => {
    const sound = await runCli("explain", join(recorded, "sound"));
    assert.equal(sound.code, 0, sound.stderr);
    const planted = await runCli("explain", join(folder, "diags"));
    assert.equal(planted.code, 1, planted.stderr);
    assert.match(planted.stdout, /✘ a1 [^]*✘ b1 [^]*cause a1 is registered as 198\.18\.1\.11\/32/);
    assert.doesNotMatch(planted.stdout, /✘ (a2|b2)/);
    const refused = await runCli("explain", join(folder, "diags"), "--strip", "1");
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /--strip does nothing with a bundle/);
  });

  it("makes a topology of it, in which a run finds the same two offenders on the wire", async () => {
    const file = join(folder, "incident.yaml");
    const made = await runCli("new", "topology", file, "--from", join(folder, "diags"));
    assert.equal(made.code, 0, made.stderr);
    const twice = await runCli("new", "topology", file, "--from", join(folder, "diags"));
    assert.equal(twice.code, 2);
    assert.match(twice.stderr, /exists already/);
    const out = join(folder, "results");
    const args = ["--topology", file, "--mode", "VXLANCrossSubnet", "--no-throughput", "--out", out];
    const run = await runCli("suite", ...args, "--paths", "pod-to-pod/*");
    assert.equal(run.code, 1, run.stdout + run.stderr);
    const failed = (await latestRun(out)).verdicts.filter(({ status }) => status === "fail").map(({ id }) => id);
    const named = failed.filter((id) => id.includes("->") || id.includes("/control-plane/"));
    const pairs = new Set(named.map((id) => id.split("/").at(-1) ?? ""));
    assert.deepEqual([...pairs].sort(), ["a1", "a1->a2", "a1->b1", "a2->a1", "b1", "b1->a1"]);
  });

  it("writes a suite that is green as the mode asks and red with the incident", async () => {
    const file = join(folder, "incident.yaml");
    const made = await runCli("new", "suite", join(folder, "incident"), "--topology", file);
    assert.equal(made.code, 0, made.stderr);
    assert.match(await readFile(join(folder, "incident.suite.ts"), "utf8"), /topology: ".\/incident.yaml"/);
    const out = join(folder, "suite-results");
    const run = await runCli("suite", "--suites", join(folder, "incident.suite.ts"), "--out", out);
    assert.equal(run.code, 1, run.stdout + run.stderr);
    const statuses = (await latestRun(out)).verdicts
      .filter(({ id }) => id.startsWith("tests/"))
      .map(({ status }) => status);
    assert.deepEqual(statuses, ["pass", "fail"]);
  });
});

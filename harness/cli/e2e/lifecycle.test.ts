import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { LabRef } from "../../lab/lab.ts";
import { latestRun, newOut, runCli, startCli } from "./run-cli.fixture.ts";

describe("labs come, stay and go", function () {
  this.timeout(120_000);
  let out: string;
  beforeEach(async () => {
    out = await newOut();
  });
  afterEach(() => rm(out, { recursive: true }));

  const labs = async (): Promise<readonly LabRef[]> =>
    JSON.parse((await runCli("status", "--json")).stdout) as readonly LabRef[];
  const namespacesOf = (id: string): string[] =>
    execFileSync("ip", ["netns", "list"], { encoding: "utf8" })
      .split("\n")
      .filter((line) => line.includes(id));

  it("up, break by hand, check names path, direction and hop; down leaves nothing", async () => {
    const up = await runCli("up", "--topology", "two-racks", "--mode", "VXLANCrossSubnet");
    assert.equal(up.code, 0, up.stdout + up.stderr);
    const lab = (await labs()).find(({ ownerPid }) => ownerPid === up.pid);
    assert.equal(lab?.state, "kept");
    try {
      const good = await runCli("check", lab.runId, "--out", out, "--no-throughput");
      assert.equal(good.code, 0, good.stdout + good.stderr);

      const a1 =
        namespacesOf(lab.runId)
          .find((line) => line.split(" ")[0]?.endsWith("-a1"))
          ?.split(" ")[0] ?? "";
      const inA1 = (...argv: string[]): string =>
        execFileSync("ip", ["netns", "exec", a1, "ip", ...argv], { encoding: "utf8" });
      const tunnelRoute = inA1("route")
        .split("\n")
        .find((line) => line.includes("vxlan.calico"));
      assert.ok(tunnelRoute !== undefined);
      inA1("route", "replace", tunnelRoute.split(" ")[0] ?? "", "via", "198.18.1.1", "dev", "eth0");

      const bad = await runCli("check", lab.runId, "--out", out, "--no-throughput", "--no-color");
      assert.equal(bad.code, 1, bad.stdout + bad.stderr);
      assert.match(bad.stdout, /cross-subnet\/v4\/a1->b/);
      const reasons = (await latestRun(out)).verdicts.flatMap(({ status, reason }) =>
        status === "fail" ? [reason] : [],
      );
      assert.ok(
        reasons.some((reason) => (reason ?? "").includes("forward") && /a1\/eth0|tor\/eth/.test(reason ?? "")),
        reasons.join("\n"),
      );
    } finally {
      const down = await runCli("down", lab.runId);
      assert.equal(down.code, 0, down.stdout + down.stderr);
    }
    assert.deepEqual(namespacesOf(lab.runId), []);
  });

  it("after kill -9, down --stale removes that run and leaves a lab beside it alone", async () => {
    const up = await runCli("up", "--mode", "VXLAN");
    const kept = (await labs()).filter(({ ownerPid, state }) => ownerPid === up.pid && state === "kept");
    assert.equal(up.code, 0, up.stdout + up.stderr);
    assert.equal(kept.length, 1);
    try {
      const run = startCli("suite", "--mode", "VXLAN", "--provider", "netns", "--out", out, "--verbose");
      await run.waitFor(/… dataplane/);
      run.child.kill("SIGKILL");
      await run.finished;
      const stale = (await labs()).filter(({ ownerPid }) => ownerPid === run.child.pid);
      assert.deepEqual(
        stale.map(({ state }) => state),
        ["stale"],
      );
      const down = await runCli("down", "--stale");
      assert.equal(down.code, 0, down.stdout + down.stderr);
      assert.deepEqual(namespacesOf(stale[0]?.runId ?? ""), []);
      const after = await labs();
      assert.deepEqual(
        after.filter(({ state }) => state === "stale"),
        [],
      );
      assert.ok(kept.every(({ runId }) => after.some((lab) => lab.runId === runId && lab.state === "kept")));
    } finally {
      for (const { runId } of kept) await runCli("down", runId);
    }
  });

  it("goes on and tears down when the reader of its output goes away", async () => {
    const run = startCli("suite", "--mode", "VXLAN", "--provider", "netns", "--out", out, "--no-throughput");
    await run.waitFor(/lab/);
    run.child.stdout?.destroy();
    const { code, stderr } = await run.finished;
    assert.equal(code, 0, stderr);
    assert.deepEqual(namespacesOf((await latestRun(out)).id), []);
  });

  it("Ctrl-C tears down and exits 130, with reports of what was done so far", async () => {
    const run = startCli("suite", "--mode", "VXLAN", "--provider", "netns", "--out", out, "--verbose");
    await run.waitFor(/… dataplane/);
    run.child.kill("SIGINT");
    const { code, stdout, stderr } = await run.finished;
    assert.equal(code, 130, stdout + stderr);
    const record = await latestRun(out);
    assert.equal(record.exitCode, 130);
    assert.deepEqual(namespacesOf(record.id), []);
  });

  it("a results folder that cannot be written is one error, and nothing is built", async () => {
    const blocked = join(out, "file");
    await mkdir(join(out, "x"));
    execFileSync("touch", [blocked]);
    const { code, stderr } = await runCli("suite", "--mode", "VXLAN", "--out", join(blocked, "results"));
    assert.equal(code, 2, stderr);
    assert.match(stderr, /results/);
    assert.deepEqual((await readdir(out)).sort(), ["file", "x"]);
  });
});

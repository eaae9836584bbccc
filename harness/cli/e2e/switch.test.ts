import assert from "node:assert/strict";
import { rm, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { LabRef } from "../../lab/lab.ts";
import { latestRun, newOut, runCli } from "./run-cli.fixture.ts";

describe("a lab that is up changes its mode under traffic", function () {
  this.timeout(120_000);
  let out: string;
  before(async () => {
    out = await newOut();
  });
  after(() => rm(out, { recursive: true }));

  it("says what that did, fails beyond a limit, and is known by its new mode afterwards", async () => {
    const up = await runCli("up", "--topology", "two-racks", "--mode", "VXLAN", "--paths", "pod-to-pod");
    assert.equal(up.code, 0, up.stdout + up.stderr);
    const labs = JSON.parse((await runCli("status", "--json")).stdout) as readonly LabRef[];
    const id = labs.find(({ ownerPid }) => ownerPid === up.pid)?.runId ?? "";
    try {
      // No packet takes less than a microsecond.
      const limits = ["--max-gap", "0.001ms", "--no-born", "--out", out, "--no-color"];
      const bad = await runCli("switch", id, "--to", "VXLANCrossSubnet", ...limits);
      assert.equal(bad.code, 1, bad.stdout + bad.stderr);
      assert.match(bad.stdout, /VXLAN → VXLANCrossSubnet under traffic/);
      assert.match(bad.stdout, /expected +no gap beyond 0 ms +observed .*<── WRONG/);
      assert.match(bad.stdout, new RegExp(`again +npm run lab -- check ${id}`));
      const record = await latestRun(out);
      const [change] = record.switches ?? [];
      assert.equal(change?.to, "vxlan-cross-subnet");
      assert.match(change.notCompared ?? "", /not asked for/);
      const isGap = ({ check }: { readonly check: string }): boolean => check.startsWith("switch-gap");
      // Which stream of a path waited longest is chance where none has lost anything.
      const gaps = record.verdicts.filter((verdict) => isGap(verdict) && verdict.status === "fail");
      assert.ok(gaps.length > 0);
      for (const { reason = "" } of gaps)
        assert.match(reason, /: nothing arrived for \d+ ms from|^long TCP connection/);
      const judged = record.verdicts.filter((verdict) => !isGap(verdict));
      assert.ok(
        judged.length > 50 && judged.every(({ status }) => status === "pass"),
        "the new mode is judged in full",
      );
      const pictures = await readdir(join(out, "latest", "pictures"), { recursive: true });
      assert.ok(
        pictures.some((file) => /^switch-.*\/pod-to-pod-cross-subnet-v4-a1-b1\.svg$/.test(file)),
        pictures.join(),
      );
      const again = await runCli("switch", id, "--to", "VXLANCrossSubnet");
      assert.equal(again.code, 2);
      assert.match(again.stderr, /is in VXLANCrossSubnet already/);
    } finally {
      const down = await runCli("down", id);
      assert.equal(down.code, 0, down.stdout + down.stderr);
    }
  });

  it("is told what is wrong with a command before anything is built", async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [["switch"], /needs the mode to change to/],
      [["suite", "--switch", "VXLAN,None", "--mode", "VXLAN"], /names the modes itself/],
      [["suite", "--mode", "VXLAN", "--max-gap", "2s"], /--max-gap does nothing without --switch/],
    ];
    for (const [argv, message] of cases) {
      const { code, stderr } = await runCli(...argv);
      assert.equal(code, 2, argv.join(" "));
      assert.match(stderr, message);
    }
  });
});

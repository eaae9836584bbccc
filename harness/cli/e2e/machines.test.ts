import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { skipFor } from "../../core/skip.fixture.ts";
import { createVmProvider } from "../../provider/vm/index.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import { latestRun, newOut, runCli } from "./run-cli.fixture.ts";

describe("suite, end to end on virtual machines", function () {
  // Four emulated machines on two cores; the first run also fetches a kernel and builds the guest.
  this.timeout(600_000);
  let out: string;
  before(async function () {
    const problems = await createVmProvider().check(planTopology(await loadTopology("two-racks")));
    if (problems.length > 0) skipFor(this, problems.map(({ what }) => what).join("; "));
  });
  beforeEach(async () => {
    out = await newOut();
  });
  afterEach(() => rm(out, { recursive: true }));

  it("proves both CrossSubnet modes in one run: VXLAN where this kernel can, IPIP in machines where it cannot", async () => {
    const { code, stdout, stderr } = await runCli("suite", "--mode", "CrossSubnet", "--no-throughput", "--out", out);
    assert.equal(code, 0, stdout + stderr);
    const run = await latestRun(out);
    assert.deepEqual(
      run.scenarios.map(({ mode }) => mode),
      ["vxlan-cross-subnet", "ipip-cross-subnet"],
    );
    assert.equal(run.summary.skip, 0);
    const overheads = run.measurements.filter(({ what }) => what === "overhead").flatMap(({ samples }) => samples);
    assert.deepEqual(new Set(overheads), new Set([0, 20, 50]));
  });

  it("leaves machines up, ends, and proves IPIP Always in them from another process", async () => {
    const up = await runCli("up", "--mode", "IPIP", "--provider", "vm");
    assert.equal(up.code, 0, up.stdout + up.stderr);
    const runId = /^lab (\w+) is up/.exec(up.stdout)?.[1] ?? "";
    try {
      const check = await runCli("check", runId, "--paths", "pod-to-pod/*/a1->*", "--out", out);
      assert.equal(check.code, 0, check.stdout + check.stderr);
    } finally {
      const down = await runCli("down", runId);
      assert.equal(down.code, 0, down.stdout + down.stderr);
    }
  });

  it("names the router that drops protocol 4", async () => {
    const argv = ["--mode", "IPIP", "--provider", "vm", "--no-throughput", "--out", out];
    const bad = await runCli("suite", ...argv, "--paths", "pod-to-pod/*/a1->*", "--fault", "drop-protocol-4");
    assert.equal(bad.code, 1, bad.stdout + bad.stderr);
    const reasons = (await latestRun(out)).verdicts
      .filter(({ check, status }) => check === "reached" && status === "fail")
      .map(({ reason }) => reason ?? "");
    assert.ok(
      reasons.some((reason) => reason.includes("tor")),
      reasons.join("\n"),
    );
  });
});

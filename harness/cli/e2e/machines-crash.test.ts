import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { poll } from "../../core/poll.ts";
import { skipFor } from "../../core/skip.fixture.ts";
import { localExecutor } from "../../exec/local/local.ts";
import type { LabRef } from "../../lab/lab.ts";
import { createVmProvider } from "../../provider/vm/index.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import { newOut, runCli, startCli, type CliProcess } from "./run-cli.fixture.ts";

describe("runs on virtual machines that are killed or cannot start", function () {
  this.timeout(600_000);
  let out: string;
  before(async function () {
    const problems = await createVmProvider().check(planTopology(await loadTopology("one-rack")));
    if (problems.length > 0) skipFor(this, problems.map(({ what }) => what).join("; "));
  });
  beforeEach(async () => {
    out = await newOut();
  });
  afterEach(() => rm(out, { recursive: true }));

  /** When to kill, and how to know that it is time. */
  const stages: readonly (readonly [stage: string, reached: (run: CliProcess) => Promise<void>])[] = [
    ["at boot", (run) => someMachineRuns(run.child.pid ?? 0)],
    ["during install", (run) => run.waitFor(/… dataplane/)],
    ["during capture", (run) => run.waitFor(/… probes/)],
  ];

  for (const [stage, reached] of stages) {
    it(`leave nothing once down --stale has run: kill -9 ${stage}`, async () => {
      const argv = ["--mode", "IPIP", "--topology", "one-rack", "--provider", "vm", "--no-throughput", "--verbose"];
      const run = startCli("suite", ...argv, "--out", out);
      await reached(run);
      run.child.kill("SIGKILL");
      await run.finished;
      const pid = run.child.pid ?? 0;
      const [ref] = (await labs()).filter(({ ownerPid }) => ownerPid === pid);
      assert.equal(ref?.state, "stale");
      const before = await leftoversOf(ref.runId);
      assert.ok(
        before.some((name) => name.startsWith("process ")),
        before.join("\n"),
      );
      assert.ok(
        before.some((name) => name.startsWith("folder ")),
        before.join("\n"),
      );
      assert.ok(
        before.some((name) => name.startsWith("namespace ")),
        before.join("\n"),
      );
      const down = await runCli("down", "--stale");
      assert.equal(down.code, 0, down.stdout + down.stderr);
      assert.deepEqual(await leftoversOf(ref.runId), []);
      assert.deepEqual(
        (await labs()).filter(({ runId }) => runId === ref.runId),
        [],
      );
    });
  }

  it("say that the cache's disk is full, and leave nothing", async function () {
    const small = join(out, "cache");
    await mkdir(small);
    const host = localExecutor();
    const mounted = await host.tryRun(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", small]);
    if (mounted.exitCode !== 0) skipFor(this, "no tmpfs can be mounted here");
    try {
      const up = await runCli("up", "--mode", "IPIP", "--provider", "vm", "--cache", small);
      assert.equal(up.code, 3, up.stdout + up.stderr);
      assert.match(up.stderr, /the cache of virtual machines is full: /);
      assert.match(up.stderr, /free up space there/);
      assert.deepEqual(
        (await labs()).filter(({ ownerPid }) => ownerPid === up.pid),
        [],
      );
    } finally {
      await host.run(["umount", small]);
    }
  });

  it("say that an image is none, before anything is built", async () => {
    const { code, stdout, stderr } = await runCli(
      ...["suite", "--mode", "IPIP", "--image", "package.json", "--out", out, "--no-throughput"],
    );
    assert.equal(code, 2, stdout + stderr);
    assert.match(stderr, /the image package\.json is not a qcow2 image but raw/);
  });
});

async function labs(): Promise<readonly LabRef[]> {
  return JSON.parse((await runCli("status", "--json")).stdout) as readonly LabRef[];
}

/** Resolves when QEMU has been started by a lab whose owner is this process. */
async function someMachineRuns(owner: number): Promise<void> {
  await poll(
    async () => {
      const names = (await readdir("/run/netns")).filter((name) => new RegExp(`^el\\w+\\.${owner}\\+vm\\.`).test(name));
      const runId = /^el(\w+)\./.exec(names[0] ?? "")?.[1];
      const files = runId === undefined ? [] : await readdir(join(tmpdir(), `encaplab-${runId}.vm`)).catch(() => []);
      return files.some((name) => name.endsWith(".pid")) ? { done: true, value: undefined } : { done: false, seen: "" };
    },
    { what: "the first machine to run", timeoutMs: 300_000, intervalMs: 5 },
  );
}

/** Processes, folders and namespaces (with the taps and bridges in them) that carry a run's id. */
async function leftoversOf(runId: string): Promise<readonly string[]> {
  const [pids, folders, namespaces] = await Promise.all([
    readdir("/proc"),
    readdir(tmpdir()),
    readdir("/run/netns").catch(() => []),
  ]);
  const marked = await Promise.all(
    pids
      .filter((pid) => /^\d+$/.test(pid))
      .map(async (pid) => {
        const environment = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
        return environment.includes(`ENCAPLAB_RUN=${runId}:`) ? [`process ${pid}`] : [];
      }),
  );
  const links = execFileSync("ip", ["-br", "link"], { encoding: "utf8" }).split("\n");
  return [
    ...marked.flat(),
    ...folders.filter((name) => name.startsWith(`encaplab-${runId}.`)).map((name) => `folder ${name}`),
    ...namespaces.filter((name) => name.startsWith(`el${runId}.`)).map((name) => `namespace ${name}`),
    ...links.filter((line) => line.includes(runId)).map((line) => `device ${line}`),
  ];
}

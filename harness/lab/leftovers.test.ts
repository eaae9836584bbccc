import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newRunId } from "../core/run-id.ts";
import { abandonedProcesses } from "./leftovers.ts";
import { removeAbandoned, removeOrphanFolders } from "./remove-lab.ts";

describe("processes that a killed command left in a lab", () => {
  const runId = newRunId();
  const deadPid = spawnSync("true").pid;
  const children: ChildProcess[] = [];
  const marked = (owner: number): number => {
    const child = spawn("sleep", ["60"], {
      env: { ...process.env, ENCAPLAB_RUN: `${runId}:${owner}` },
      stdio: "ignore",
    });
    children.push(child);
    return child.pid ?? 0;
  };
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
    }
  });

  it("are found by the mark of a dead process, and ended; the lab's own and those of the living stay", async () => {
    const labOwner = deadPid + 1;
    const [left, own, living] = [marked(deadPid), marked(labOwner), marked(process.pid)];
    const pids = async (): Promise<readonly number[]> =>
      (await abandonedProcesses(runId, labOwner)).map(({ pid }) => pid);
    assert.deepEqual(await pids(), [left]);
    assert.deepEqual(
      (await removeAbandoned(runId, labOwner)).map(({ pid, command }) => [pid, command]),
      [[left, "sleep 60"]],
    );
    assert.deepEqual(await pids(), []);
    for (const pid of [own, living]) assert.equal(process.kill(pid, 0), true);
  });

  it("include their folders, also those of a command that had no TMPDIR", async () => {
    const [own, elsewhere] = [mkdtempSync("/tmp/encaplab-test-"), mkdtempSync(`/tmp/encaplab-none.${deadPid}.`)];
    const before = process.env.TMPDIR;
    process.env.TMPDIR = own;
    try {
      assert.ok((await removeOrphanFolders()).includes(elsewhere));
      assert.equal(existsSync(elsewhere), false);
      process.env.TMPDIR = join(own, "nowhere");
      assert.ok(Array.isArray(await removeOrphanFolders()), "a TMPDIR that is not there holds nothing");
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
      rmSync(own, { recursive: true });
    }
  });

  it("include the folders of dead scripts that worked for no lab, and no others", async () => {
    const [left, living] = [deadPid, process.pid].map((pid) => mkdtempSync(join(tmpdir(), `encaplab-none.${pid}.`)));
    try {
      assert.ok((await removeOrphanFolders()).includes(left ?? ""));
      assert.deepEqual(
        [left, living].map((folder) => existsSync(folder ?? "")),
        [false, true],
      );
    } finally {
      rmSync(living ?? "", { recursive: true });
    }
  });
});

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { poll } from "../../core/poll.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { restartServices, serviceEnds, startServices, stopServices, type Service } from "./supervise.ts";

/** Stand-ins for real programs: one that stays, one that ends with an exit code of its own. */
const stays: Service = { name: "stays", argv: ["sh", "-c", "echo ready; exec sleep 600"] };
const ends: Service = { name: "ends", argv: ["sh", "-c", "echo once more; exit 7"] };

describe("supervision of programs", function () {
  this.timeout(20_000);
  const host = localExecutor();
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-supervise-"));
  });

  afterEach(async () => {
    await stopServices(host, folder);
    await rm(folder, { recursive: true });
  });

  const read = (name: string): Promise<string> => readFile(join(folder, name), "utf8").catch(() => "");

  const until = (what: string, done: () => Promise<boolean>): Promise<undefined> =>
    poll(async () => ((await done()) ? { done: true, value: undefined } : { done: false, seen: "not yet" }), {
      what,
      timeoutMs: 10_000,
    });

  const lives = async (pid: string): Promise<boolean> => {
    const { exitCode, stdout } = await host.tryRun(["sed", "s/.*) //", `/proc/${pid}/stat`]);
    return exitCode === 0 && !/^[ZX]/.test(stdout);
  };

  it("restarts every program, and returns when the new ones run", async () => {
    await startServices(host, folder, [stays]);
    await until("its number", async () => (await read("stays.pid")).includes("\n"));
    const before = (await read("stays.pid")).trim();
    await restartServices(host, folder);
    const now = (await read("stays.pid")).trim();
    assert.notEqual(now, before);
    assert.deepEqual([await lives(before), await lives(now)], [false, true]);
    // 128 and the number of SIGKILL.
    assert.deepEqual(
      (await serviceEnds(host, folder)).map(({ name, exitCode }) => `${name} ${exitCode}`),
      ["stays 137"],
    );
  });

  it("returns at once, keeps the output, and ends everything when told", async () => {
    await startServices(host, folder, [stays]);
    await until("its output", async () => (await read("stays.log")).includes("ready"));
    // Its number is written beside it, and may come later.
    await until("its number", async () => (await read("stays.pid")).includes("\n"));
    const pid = (await read("stays.pid")).trim();
    const [supervisor = ""] = (await read("stays.supervisor")).split(" ");
    assert.equal(await lives(pid), true);
    await stopServices(host, folder);
    assert.deepEqual([await lives(pid), await lives(supervisor)], [false, false]);
    assert.deepEqual(await serviceEnds(host, folder), []);
  });

  it("starts a program again that has ended, and records each end with its exit code", async () => {
    await startServices(host, folder, [ends, stays]);
    await until("the second start", async () => (await read("ends.log")).split("once more").length > 2);
    const [first] = await serviceEnds(host, folder);
    assert.deepEqual([first?.name, first?.exitCode], ["ends", 7]);
    assert.ok(Math.abs((first?.at ?? 0) - Date.now() / 1000) < 60);
  });

  it("kills nobody who was given the number of a supervisor that is gone", async () => {
    const innocent = await host.run(["sh", "-c", "setsid sleep 600 >/dev/null 2>&1 & echo $!"]);
    const pid = innocent.stdout.trim();
    try {
      await host.run(["sh", "-c", `echo "${pid} 1" >"$1"/stays.supervisor`, "sh", folder]);
      await stopServices(host, folder);
      assert.equal(await lives(pid), true);
    } finally {
      await host.tryRun(["kill", "-KILL", pid]);
    }
  });

  it("has nothing to stop in a folder that does not exist", async () => {
    await stopServices(host, join(folder, "nowhere"));
    assert.deepEqual(await serviceEnds(host, join(folder, "nowhere")), []);
  });
});

import assert from "node:assert/strict";
import { Scope } from "../core/scope.ts";
import type { Executor } from "./executor.ts";
import { localExecutor } from "./local/local.ts";
import { prefixedExecutor } from "./namespace/prefix.ts";
import { recordingExecutor } from "./recording.ts";
import { spawnEverywhere } from "./spawn-everywhere.ts";

const waitMs = 20_000;

describe("spawnEverywhere", () => {
  const mark = `spawn:${process.pid}`;
  const host = localExecutor({ env: { ENCAPLAB_RUN: mark } });
  const placeOn = (inner: Executor, name: string): Executor =>
    prefixedExecutor(inner, { argv: ["env", `PLACE=${name}`], where: `node ${name}` });

  it("starts scripts of one host in one process, each in its place, and ends them with the scope", async () => {
    let started = 0;
    const counting = recordingExecutor(host, () => (started += 1));
    const scope = new Scope();
    const script = (index: number) => `echo "${index} is $PLACE"; trap 'exit 0' TERM; sleep 60 & wait`;
    const placed = ["a", "b", "c"].map((name, index) => ({
      executor: placeOn(counting, name),
      script: script(index),
    }));
    const spawned = await spawnEverywhere(placed, scope);
    const lines = spawned.map(({ running }, index) => running.waitForLine(new RegExp(`^${index} is`), waitMs));
    assert.deepEqual(await Promise.all(lines), ["0 is a", "1 is b", "2 is c"]);
    assert.deepEqual(await scope.close(), []);
    assert.equal(started, 1);
    assert.deepEqual(await marked(), []);
  });

  it("tells which script ended, and with what, while the others go on", async () => {
    const scope = new Scope();
    const placed = ["exec sleep 60", "exit 7"].map((script) => ({ executor: placeOn(host, "x"), script }));
    const [first] = await spawnEverywhere(placed, scope);
    assert.equal(await first?.running.waitForLine(/^1 ended/, waitMs), "1 ended 7");
    assert.equal((await marked()).filter((command) => command === "sleep 60 ").length, 1);
    assert.deepEqual(await scope.close(), []);
    assert.deepEqual(await marked(), []);
  });

  it("needs no shell in between for a single place", async () => {
    const scope = new Scope();
    const [only] = await spawnEverywhere(
      [{ executor: placeOn(host, "a"), script: "echo $PLACE; exec sleep 60" }],
      scope,
    );
    assert.equal(await only?.running.waitForLine(/^a$/, waitMs), "a");
    assert.deepEqual(only?.running.argv, ["env", "PLACE=a", "sh", "-s"]);
    assert.deepEqual(await scope.close(), []);
  });

  /** Commands that run with this test's mark. */
  async function marked(): Promise<readonly string[]> {
    const look = `for p in $(grep -lz '^ENCAPLAB_RUN=${mark}$' /proc/[0-9]*/environ 2>/dev/null); do
      tr '\\0' ' ' <"\${p%environ}cmdline" 2>/dev/null && echo
    done`;
    const { stdout } = await localExecutor().tryRun(["sh", "-c", look]);
    return stdout.split("\n").filter((line) => line !== "");
  }
});

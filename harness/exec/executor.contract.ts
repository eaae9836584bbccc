import assert from "node:assert/strict";
import { withScope, Scope } from "../core/scope.ts";
import { CommandError } from "./command-error.ts";
import type { Executor } from "./executor.ts";

/** What a contract run needs besides the executor. */
export interface ExecutorUnderTest {
  readonly executor: Executor;
  /** Part of `where` that must stand in every error. */
  readonly where: string;
}

/** Every executor keeps these promises, wherever its commands run. `make` is called once; `clean` afterwards. */
export function executorContract(make: () => Promise<ExecutorUnderTest>, clean: () => Promise<void>): void {
  let executor: Executor;
  let where: string;

  before(async () => {
    ({ executor, where } = await make());
  });
  after(clean);

  const failure = async (work: Promise<unknown>): Promise<CommandError> => {
    const error: unknown = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof CommandError, `expected a CommandError, got ${String(error)}`);
    assert.match(error.details.where ?? "", new RegExp(where));
    return error;
  };

  it("hands over arguments untouched, whatever a shell would make of them", async () => {
    const words = ["a b", "'", '"', "$HOME", "`id`", "*", "\\", "é\n;", "--", ""];
    const { stdout } = await executor.run(["printf", "<%s>", ...words]);
    assert.equal(stdout, words.map((word) => `<${word}>`).join(""));
  });

  it("keeps standard output and standard error apart", async () => {
    const { stdout, stderr } = await executor.run(["sh", "-c", "echo out; echo err >&2"]);
    assert.deepEqual({ stdout, stderr }, { stdout: "out\n", stderr: "err\n" });
  });

  it("passes input on, and closes standard input when there is none", async () => {
    const text = "line\n".repeat(50_000);
    assert.equal((await executor.run(["cat"], { input: text })).stdout, text);
    assert.equal((await executor.run(["cat"], { timeoutMs: 5_000 })).stdout, "");
    assert.equal((await executor.run(["cat"], { input: "", timeoutMs: 5_000 })).stdout, "");
  });

  it("survives a program that does not read its input", async () => {
    const { exitCode } = await executor.tryRun(["sh", "-c", "exec <&-; exit 3"], { input: "x".repeat(1_000_000) });
    assert.equal(exitCode, 3);
  });

  it("gives a non-zero exit as data to tryRun and as an error to run", async () => {
    const argv = ["sh", "-c", "echo it broke >&2; exit 4"];
    assert.equal((await executor.tryRun(argv)).exitCode, 4);
    const error = await failure(executor.run(argv));
    assert.match(error.message, /exit 4/);
    assert.equal(error.details.tail, "it broke");
    assert.match(error.details.command ?? "", /sh -c 'echo it broke >&2; exit 4'$/);
  });

  it("reports a command killed by a signal as 128 + signal", async () => {
    assert.equal((await executor.tryRun(["sh", "-c", "kill -TERM $$"])).exitCode, 143);
    assert.match((await failure(executor.run(["sh", "-c", "kill -KILL $$"]))).message, /SIGKILL/);
  });

  it("names a program that is not installed, also to tryRun", async () => {
    const argv = ["encaplab-no-such-program"];
    const starts = [executor.tryRun(argv), executor.run(argv)];
    for (const error of await Promise.all(starts.map(failure))) {
      assert.equal(error.failure, "missing-program", `${error.message}: ${error.details.tail ?? ""}`);
      assert.match(error.message, /encaplab-no-such-program.*not installed/);
    }
  });

  it("kills a command and all its children when time is up", async () => {
    const start = performance.now();
    const argv = ["sh", "-c", "echo begun; sleep 60 & sleep 60; wait"];
    const error = await failure(executor.tryRun(argv, { timeoutMs: 1_500 }));
    assert.equal(error.failure, "timeout");
    assert.equal(error.details.tail, "begun");
    assert.ok(performance.now() - start < 5_000);
  });

  it("stops a command when the signal aborts, with the signal's reason", async () => {
    const controller = new AbortController();
    const work = executor.tryRun(["sleep", "60"], { signal: controller.signal });
    controller.abort(new Error("enough"));
    await assert.rejects(work, /enough/);
  });

  it("runs many commands side by side", async () => {
    const results = await Promise.all(Array.from({ length: 8 }, (_, n) => executor.run(["echo", String(n)])));
    assert.deepEqual(
      results.map((result) => result.stdout),
      Array.from({ length: 8 }, (_, n) => `${n}\n`),
    );
  });

  it("finds the line that a running command prints, before or after being asked", async () => {
    await withScope(async (scope) => {
      const running = await executor.spawn(["sh", "-c", "echo ready >&2; read x; true; sleep 60"], scope);
      assert.equal(await running.waitForLine(/^ready$/, 5_000), "ready");
      assert.equal(await running.waitForLine(/^ready$/, 5_000), "ready");
    });
  });

  it("tells what was printed instead when the line does not come", async () => {
    await withScope(async (scope) => {
      const ending = await executor.spawn(["sh", "-c", "echo other; exit 2"], scope);
      const early = await failure(ending.waitForLine(/ready/, 5_000));
      assert.equal(early.failure, "ended-early");
      assert.equal(early.details.tail, "other");
      const silent = await executor.spawn(["sleep", "60"], scope);
      assert.equal((await failure(silent.waitForLine(/ready/, 100))).failure, "timeout");
    });
  });

  it("stops a running command so that it can finish its work", async () => {
    await withScope(async (scope) => {
      const script = "trap 'echo bye; exit 0' INT; echo up; while :; do sleep 0.05; done";
      const running = await executor.spawn(["sh", "-c", script], scope);
      await running.waitForLine(/up/, 5_000);
      const result = await running.stop();
      assert.equal(result.stdout, "up\nbye\n");
      assert.equal(result.exitCode, 0);
      assert.deepEqual(await running.stop(), result);
      assert.deepEqual(await running.finished, result);
    });
  });

  it("signals a command once, however often it is stopped", async () => {
    await withScope(async (scope) => {
      const script =
        "trap 'echo bye; n=0' INT; echo up; while [ ${n:-0} -lt 8 ]; do sleep 0.05; n=${n:+$((n + 1))}; done";
      const running = await executor.spawn(["sh", "-c", script], scope);
      await running.waitForLine(/up/, 5_000);
      const first = running.stop();
      await new Promise((resolve) => setTimeout(resolve, 100));
      await running.stop();
      assert.equal((await first).stdout, "up\nbye\n");
    });
  });

  it("ends what it spawned with the scope, and registers that before the start", async () => {
    const scope = new Scope();
    const running = await executor.spawn(["sleep", "60"], scope);
    assert.equal(scope.pending().length, 1);
    assert.deepEqual(await scope.close(), []);
    assert.equal((await running.finished).exitCode, 130);
    await assert.rejects(executor.spawn(["sleep", "60"], scope), /scope is closed/);
  });
}

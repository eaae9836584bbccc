import assert from "node:assert/strict";
import { formatError } from "../../core/errors.ts";
import { startChild } from "./child.ts";
import { CommandError } from "../command-error.ts";
import { executorContract } from "../executor.contract.ts";
import { localExecutor } from "./local.ts";

describe("local executor", () => {
  executorContract(
    () => Promise.resolve({ executor: localExecutor({ where: "test host" }), where: "test host" }),
    () => Promise.resolve(),
  );

  it("gives children the environment it was asked to, and untranslated messages", async () => {
    const executor = localExecutor({ env: { ENCAPLAB_RUN: "7f3kq:42" } });
    const { stdout } = await executor.run(["sh", "-c", 'echo "$ENCAPLAB_RUN $LC_ALL"; command -v ls >/dev/null']);
    assert.equal(stdout, "7f3kq:42 C\n");
  });

  it("takes arguments longer than a shell would", async () => {
    const long = "x".repeat(100_000);
    assert.equal((await localExecutor().run(["echo", long, long])).stdout.length, 200_002);
  });

  it("says so when the kernel refuses the command", async () => {
    const work = localExecutor().tryRun(["echo", "x".repeat(3_000_000)]);
    await assert.rejects(work, (error) => error instanceof CommandError && formatError(error).includes("E2BIG"));
    await assert.rejects(localExecutor().tryRun(["/etc/passwd"]), /could not be started \(exit 126/);
  });

  it("stops a command that prints without end", async () => {
    const options = { where: "here", env: process.env, limit: 1_000_000, timeoutMs: 20_000 };
    await assert.rejects(startChild(["yes"], options).finished, (error) => {
      assert.ok(error instanceof CommandError);
      assert.equal(error.failure, "too-much-output");
      assert.equal(error.result?.stdout.length, 1_000_000);
      return true;
    });
  });

  it("names what really hangs when a command leaves a process behind that holds its output", async () => {
    const work = localExecutor().run(["sh", "-c", "sleep 60 & echo done"], { timeoutMs: 300 });
    await assert.rejects(work, /something it had started still held its output open/);
  });

  it("renders an error as one paragraph with place, command and output", async () => {
    const error: unknown = await localExecutor({ where: "node a1" })
      .run(["sh", "-c", "echo no >&2; exit 2"])
      .catch((reason: unknown) => reason);
    assert.equal(
      formatError(error),
      "sh failed (exit 2)\n  where    node a1\n  command  sh -c 'echo no >&2; exit 2'\n  output   no",
    );
  });
});

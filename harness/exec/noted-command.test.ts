import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { localExecutor } from "./local/local.ts";
import { notedArgv, signalArgv } from "./noted-command.ts";

describe("a noted command that is signaled before it starts", () => {
  after(() => rm("/tmp/encaplab-exec", { recursive: true, force: true }));

  for (const [signal, exit] of [
    ["INT", 130],
    ["TERM", 143],
    ["KILL", 137],
  ] as const) {
    it(`ends by SIG${signal}, as it would have when it ran`, async () => {
      const id = randomUUID();
      const host = localExecutor();
      await host.run(signalArgv(id, signal));
      const { exitCode, stdout } = await host.tryRun(notedArgv(id, ["echo", "started"]));
      assert.deepEqual({ exitCode, stdout }, { exitCode: exit, stdout: "" });
    });
  }
});

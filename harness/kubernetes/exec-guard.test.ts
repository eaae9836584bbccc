import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { localExecutor } from "../exec/local/local.ts";
import { guardedArgv, killArgv } from "./exec-guard.ts";

describe("a command in a pod that is signaled before it starts", () => {
  after(() => rm("/tmp/encaplab-exec", { recursive: true, force: true }));

  for (const [signal, exit] of [
    ["INT", 130],
    ["TERM", 143],
    ["KILL", 137],
  ] as const) {
    it(`ends by SIG${signal}, as it would have when it ran`, async () => {
      const id = randomUUID();
      const host = localExecutor();
      await host.run(killArgv(id, signal));
      const { exitCode, stdout } = await host.tryRun(guardedArgv(id, ["echo", "started"]));
      assert.deepEqual({ exitCode, stdout }, { exitCode: exit, stdout: "" });
    });
  }
});

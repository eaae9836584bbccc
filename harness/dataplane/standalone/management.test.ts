import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withScope } from "../../core/scope.ts";
import { skipFor } from "../../core/skip.fixture.ts";
import type { Executor } from "../../exec/executor.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { dropConnections } from "./management.ts";

describe("the way of machines to their datastore", () => {
  let folder: string;
  before(async function () {
    const { exitCode } = await localExecutor().tryRun(["sh", "-c", "command -v busybox"]);
    if (exitCode !== 0) skipFor(this, "no busybox here");
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-way-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** An executor whose programs are those of a guest: busybox, and hardly anything beside. */
  const guest = async (): Promise<Executor> => {
    const bin = join(folder, "bin");
    await mkdir(bin);
    const { stdout } = await localExecutor().run(["sh", "-c", "for each in sh busybox cat; do command -v $each; done"]);
    for (const path of stdout.trim().split("\n")) await symlink(path, join(bin, path.split("/").at(-1) ?? ""));
    return localExecutor({ env: { PATH: bin } });
  };

  it("lets go of every connection and keeps the relay, or says why it cannot", async () => {
    const executor = await guest();
    await withScope(async (scope) => {
      // A relay with two connections, as `nc -ll -e` has: children of its own.
      const script =
        'echo $$ >"$1"; busybox sleep 60 & busybox sleep 60 & echo up; wait; echo let go; exec busybox sleep 60';
      const pid = join(folder, "datastore-relay.pid");
      const relay = await executor.spawn(["sh", "-c", script, "sh", pid], scope);
      await relay.waitForLine(/up/, 5000);
      const all = relay.waitForLine(/let go/, 5000);
      await dropConnections(executor, folder);
      await all;
      // Now there are none, which is no error.
      await dropConnections(executor, folder);
    });
    await rm(join(folder, "datastore-relay.pid"));
    await assert.rejects(dropConnections(executor, folder));
  });
});

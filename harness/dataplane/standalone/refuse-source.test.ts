import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatError, UsageError } from "../../core/errors.ts";
import { refuseBadSource } from "./refuse-source.ts";

describe("a source of Calico", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-test-"));
    await mkdir(join(folder, "bin"));
    for (const name of ["calico-node", "calico"])
      await writeFile(join(folder, "bin", name), "#!/bin/sh\n", { mode: 0o755 });
    await writeFile(join(folder, "notes.txt"), "not an archive\n".repeat(40));
    execFileSync("tar", ["-cf", join(folder, "node.tar"), "-C", folder, "bin"]);
    execFileSync("tar", ["-czf", join(folder, "node.tar.gz"), "-C", folder, "bin"]);
  });
  after(() => rm(folder, { recursive: true }));

  it("that may be one is left to be looked at", async () => {
    await refuseBadSource({ kind: "bin", folder: join(folder, "bin") });
    for (const name of ["node.tar", "node.tar.gz"])
      await refuseBadSource({ kind: "archive", file: join(folder, name) });
    await refuseBadSource({ kind: "image", reference: "quay.io/calico/node:v3.32.1" });
  });

  const refused = async (source: Parameters<typeof refuseBadSource>[0], words: RegExp): Promise<void> => {
    await assert.rejects(refuseBadSource(source), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(formatError(error), words);
      return true;
    });
  };

  it("that cannot be one is refused, with where it was looked for and what to give", async () => {
    const none = join(folder, "none");
    await refused({ kind: "bin", folder: none }, /none has no executable calico-node and no calico\n {2}fix /);
    await refused(
      { kind: "archive", file: none },
      /cannot be read: ENOENT[\s\S]*\n {2}where .*none\n {2}fix .*--calico-bin/,
    );
    await refused({ kind: "archive", file: join(folder, "bin") }, /cannot be read: EISDIR/);
    await refused({ kind: "archive", file: join(folder, "notes.txt") }, /^this is not an archive of images/);
  });
});

import assert from "node:assert/strict";
import { mkdtemp, lstat, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localExecutor } from "../exec/local/local.ts";
import type { TreeEntry } from "./root-tree.ts";
import { cpioArchive } from "./cpio.ts";

const entries: readonly TreeEntry[] = [
  { kind: "file", path: "/etc/odd", mode: 0o640, content: Buffer.from("12345") },
  { kind: "link", path: "/bin", target: "usr/bin" },
  { kind: "folder", path: "/etc", mode: 0o755 },
  { kind: "file", path: "/init", mode: 0o755, content: Buffer.from("#!/bin/sh\n") },
  { kind: "device", path: "/console", mode: 0o600, major: 5, minor: 1 },
];

describe("cpioArchive", () => {
  it("gives equal bytes for equal entries in any order", () => {
    assert.ok(cpioArchive(entries).equals(cpioArchive([...entries].reverse())));
  });

  it("writes what busybox unpacks as it was meant", async function () {
    const host = localExecutor();
    const folder = await mkdtemp(join(tmpdir(), "encaplab-cpio."));
    try {
      const archive = cpioArchive(entries).toString("latin1");
      // Text is what executors pass on; these bytes are all ASCII.
      const script = 'cd "$1" && busybox cpio -idm';
      await host.run(["sh", "-c", script, "sh", folder], { input: archive });
      assert.equal(await readFile(join(folder, "etc/odd"), "utf8"), "12345");
      assert.equal((await lstat(join(folder, "etc/odd"))).mode & 0o7777, 0o640);
      assert.equal((await lstat(join(folder, "init"))).mode & 0o7777, 0o755);
      assert.equal(await readlink(join(folder, "bin")), "usr/bin");
      assert.ok((await lstat(join(folder, "console"))).isCharacterDevice());
      assert.equal((await lstat(join(folder, "init"))).mtimeMs, 0);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

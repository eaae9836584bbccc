import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localExecutor } from "../../exec/local/local.ts";
import { releaseArgv } from "./release-argv.ts";

describe("releaseArgv", () => {
  let root = "";
  before(() => {
    root = mkdtempSync(join(tmpdir(), "encaplab-test-"));
    for (const folder of ["bin", "sys"]) mkdirSync(join(root, folder));
    copyFileSync("/bin/busybox", join(root, "bin", "sh"));
    // Some distributions' busybox needs libraries; ldd prints nothing of a static one.
    const libraries = spawnSync("ldd", ["/bin/busybox"], { encoding: "utf8" }).stdout.match(/\/\S+/g) ?? [];
    for (const library of libraries) cpSync(library, join(root, library), { recursive: true, dereference: true });
    const program = "#!/bin/sh\n[ -e /sys/devices/system/cpu/possible ] && echo v3.32.1 $1\n";
    writeFileSync(join(root, "bin", "calico-node"), program);
    for (const name of readdirSync(join(root, "bin"))) chmodSync(join(root, "bin", name), 0o755);
  });
  after(() => {
    rmSync(root, { recursive: true });
  });

  it("gives a program of an unpacked image the /sys that it reads, and leaves nothing mounted", async () => {
    const { stdout } = await localExecutor().run(releaseArgv("/bin/calico-node", root));
    assert.equal(stdout, "v3.32.1 -v\n");
    assert.deepEqual(readdirSync(join(root, "sys")), []);
  });

  it("runs a program of this host as it is", () => {
    assert.deepEqual(releaseArgv("/opt/calico-node", undefined), ["/opt/calico-node", "-v"]);
  });
});

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const bootstrap = fileURLToPath(new URL("bootstrap.mjs", import.meta.url));

describe("bootstrap", function () {
  this.timeout(20_000);

  it("says at once that too few files may be opened, as a lab error", () => {
    const script = 'ulimit -n 64; exec "$0" "$1" lab list';
    const { status, stderr } = spawnSync("sh", ["-c", script, process.execPath, bootstrap], { encoding: "utf8" });
    assert.equal(status, 3);
    assert.equal(
      stderr,
      "encaplab: this shell lets a process open 64 files, and 256 are needed: run  ulimit -n 4096  first\n",
    );
  });
});

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { checkTemporaryFolder } from "./temporary-folder.ts";

describe("checkTemporaryFolder", () => {
  const before = process.env.TMPDIR;
  let own: string;
  beforeEach(() => {
    own = mkdtempSync("/tmp/encaplab-test-");
  });
  afterEach(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(own, { recursive: true });
  });

  it("leaves nothing where there is room", async () => {
    process.env.TMPDIR = own;
    await checkTemporaryFolder();
    assert.deepEqual(readdirSync(own), []);
  });

  it("names the folder that is not there, and the way out", async () => {
    const TMPDIR = join(own, "nowhere");
    process.env.TMPDIR = TMPDIR;
    await assert.rejects(checkTemporaryFolder(), (error: Error & { details?: unknown }) => {
      assert.equal(error.name, "LabError");
      const { where, fix } = error.details as { where: string; fix: string };
      assert.deepEqual([where, fix], [TMPDIR, "make room there, or name another folder: TMPDIR=DIR"]);
      return true;
    });
  });
});

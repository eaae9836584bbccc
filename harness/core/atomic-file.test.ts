import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFileAtomic } from "./atomic-file.ts";

describe("writeFileAtomic", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-test-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("makes the folder, writes the content and leaves no part behind", async () => {
    const path = join(folder, "deep", "run.json");
    await writeFileAtomic(path, "{}");
    assert.equal(await readFile(path, "utf8"), "{}");
    assert.deepEqual(await readdir(join(folder, "deep")), ["run.json"]);
  });

  it("leaves the old file and no part when it cannot write", async () => {
    await writeFileAtomic(join(folder, "taken", "file"), "x");
    await assert.rejects(writeFileAtomic(join(folder, "taken"), "y"));
    assert.deepEqual(await readdir(folder), ["taken"]);
  });
});

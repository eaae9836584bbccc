import { skipFor } from "./skip.fixture.ts";
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LabError } from "./errors.ts";
import { localExecutor } from "../exec/local/local.ts";
import { cached, pruneCache } from "./cache.ts";
import { recalled } from "./recall.ts";

const host = localExecutor();
/** Linux never gives out this pid: it is above the highest that can be set (PID_MAX_LIMIT, 2^22). */
const deadPid = 2 ** 22 + 1;

describe("cache of virtual machines", () => {
  let cache: string;
  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), "encaplab-cache."));
  });
  afterEach(() => rm(cache, { recursive: true }));

  const write = (text: string) => (folder: string) => writeFile(join(folder, "file"), text);

  it("makes a folder once, also when several want it at once", async () => {
    let made = 0;
    const make = async (folder: string): Promise<void> => {
      made += 1;
      await write(String(made))(folder);
    };
    const folders = await Promise.all([1, 2, 3].map(() => cached(cache, "images", "k", make)));
    assert.deepEqual(new Set(folders), new Set([join(cache, "images", "k")]));
    assert.equal(made, 1);
    assert.deepEqual(await readdir(join(cache, "images")), ["k"]);
  });

  it("leaves nothing half-made when making fails, and can make it later", async () => {
    const failing = cached(cache, "images", "k", async (folder) => {
      await write("half")(folder);
      throw new Error("no network");
    });
    await assert.rejects(failing, /no network/);
    assert.deepEqual(await readdir(join(cache, "images")), []);
    assert.equal(await readFile(join(await cached(cache, "images", "k", write("whole")), "file"), "utf8"), "whole");
  });

  it("takes over the lock of a dead run", async () => {
    await mkdir(join(cache, "images"));
    await writeFile(join(cache, "images", "k.lock"), String(deadPid));
    await cached(cache, "images", "k", write("x"));
    assert.deepEqual(await readdir(join(cache, "images")), ["k"]);
  });

  it("drops what was not used for long and what dead runs left incomplete", async () => {
    for (const [index, key] of ["old", "new", "newer"].entries()) {
      await cached(cache, "states", key, write(key));
      await utimes(join(cache, "states", key), index, index);
    }
    await mkdir(join(cache, "states", `odd.${deadPid}.0123abcd.part`));
    await mkdir(join(cache, "states", `mine.${process.pid}.0123abcd.part`));
    await pruneCache(cache, "states", 2);
    const left = await readdir(join(cache, "states"));
    assert.deepEqual(left.sort(), [`mine.${process.pid}.0123abcd.part`, "new", "newer"].sort());
  });

  it("says that the disk is full, and leaves nothing half-made there", async function () {
    const small = join(cache, "small");
    await mkdir(small);
    const mounted = await host.tryRun(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", small]);
    if (mounted.exitCode !== 0) skipFor(this, "no tmpfs can be mounted here");
    try {
      const big = "x".repeat(1_000_000);
      await assert.rejects(cached(small, "images", "k", write(big)), isFull);
      const viaProgram = (folder: string): Promise<void> =>
        host.run(["sh", "-c", 'head -c 1000000 /dev/zero >"$1/file"', "sh", folder]).then(() => undefined);
      await assert.rejects(cached(small, "images", "k", viaProgram), isFull);
      assert.deepEqual(await readdir(join(small, "images")), []);
    } finally {
      await host.run(["umount", small]);
    }
  });

  it("remembers an answer until one of its sources changes", async () => {
    const source = join(cache, "source");
    let asked = 0;
    const ask = async () => {
      asked += 1;
      return { value: await readFile(source, "utf8"), sources: [source] };
    };
    await writeFile(source, "one");
    assert.equal(await recalled(cache, "q", ask), "one");
    assert.equal(await recalled(cache, "q", ask), "one");
    assert.equal(asked, 1);
    await writeFile(source, "other");
    assert.equal(await recalled(cache, "q", ask), "other");
    assert.equal(await recalled(cache, "another question", ask), "other");
    assert.equal(asked, 3);
  });
});

function isFull(error: unknown): boolean {
  assert.ok(error instanceof LabError);
  assert.match(error.message, /the cache of virtual machines is full/);
  assert.match(error.details.fix ?? "", /free up space/);
  return true;
}
